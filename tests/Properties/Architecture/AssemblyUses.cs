using System.Reflection;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Rx.Kafka.Properties.Architecture;

/// <summary>Which top-level type uses which, from the compiled code: bases, interfaces, fields, signatures, locals and method bodies. Constants leave no trace there.</summary>
internal sealed class AssemblyUses
{
    private static readonly Dictionary<short, OpCode> OpCodesByValue = typeof(OpCodes)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => code.Value);

    private readonly MetadataReader _metadata;
    private readonly PEReader _image;
    private readonly NameCollector _names;

    private AssemblyUses(PEReader image)
    {
        _image = image;
        _metadata = image.GetMetadataReader();
        _names = new NameCollector(_metadata);
    }

    /// <summary>All uses between different top-level types, each once.</summary>
    public static IReadOnlyList<(string User, string Used)> Of(string assemblyPath)
    {
        using var image = new PEReader(File.OpenRead(assemblyPath));
        return new AssemblyUses(image).Collect();
    }

    private List<(string User, string Used)> Collect()
    {
        var uses = new SortedSet<(string, string)>();
        foreach (var handle in _metadata.TypeDefinitions)
        {
            var user = NameCollector.NameOf(_metadata, handle);
            _names.Found.Clear();
            CollectType(_metadata.GetTypeDefinition(handle));
            uses.UnionWith(_names.Found.Where(used => !used.Equals(user, StringComparison.Ordinal)).Select(used => (user, used)));
        }

        return [.. uses];
    }

    private void CollectType(TypeDefinition type)
    {
        Add(type.BaseType);
        foreach (var implemented in type.GetInterfaceImplementations())
        {
            Add(_metadata.GetInterfaceImplementation(implemented).Interface);
        }

        foreach (var field in type.GetFields())
        {
            _metadata.GetFieldDefinition(field).DecodeSignature(_names, null);
        }

        foreach (var parameter in type.GetGenericParameters())
        {
            CollectConstraints(parameter);
        }

        foreach (var method in type.GetMethods())
        {
            CollectMethod(_metadata.GetMethodDefinition(method));
        }
    }

    private void CollectConstraints(GenericParameterHandle parameter)
    {
        foreach (var constraint in _metadata.GetGenericParameter(parameter).GetConstraints())
        {
            Add(_metadata.GetGenericParameterConstraint(constraint).Type);
        }
    }

    private void CollectMethod(MethodDefinition method)
    {
        method.DecodeSignature(_names, null);
        foreach (var parameter in method.GetGenericParameters())
        {
            CollectConstraints(parameter);
        }

        if (method.RelativeVirtualAddress == 0)
        {
            return;
        }

        var body = _image.GetMethodBody(method.RelativeVirtualAddress);
        if (!body.LocalSignature.IsNil)
        {
            _metadata.GetStandaloneSignature(body.LocalSignature).DecodeLocalSignature(_names, null);
        }

        foreach (var region in body.ExceptionRegions.Where(region => !region.CatchType.IsNil))
        {
            Add(region.CatchType);
        }

        CollectInstructions(body.GetILReader());
    }

    private void CollectInstructions(BlobReader code)
    {
        while (code.RemainingBytes > 0)
        {
            short value = code.ReadByte();
            if (value == 0xFE)
            {
                value = (short)(0xFE00 | code.ReadByte());
            }

            switch (OpCodesByValue[value].OperandType)
            {
                case OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType or OperandType.InlineSig:
                    Add(MetadataTokens.EntityHandle(code.ReadInt32()));
                    break;
                case OperandType.InlineSwitch:
                    var branches = code.ReadInt32();
                    code.Offset += branches * 4;
                    break;
                case OperandType.InlineI8 or OperandType.InlineR:
                    code.Offset += 8;
                    break;
                case OperandType.InlineNone:
                    break;
                case OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar:
                    code.Offset += 1;
                    break;
                case OperandType.InlineVar:
                    code.Offset += 2;
                    break;
                default:
                    code.Offset += 4;
                    break;
            }
        }
    }

    private void Add(EntityHandle handle)
    {
        switch (handle.Kind)
        {
            case HandleKind.TypeDefinition or HandleKind.TypeReference when !handle.IsNil:
                _names.Found.Add(_names.NameOf(handle));
                break;
            case HandleKind.TypeSpecification:
                _metadata.GetTypeSpecification((TypeSpecificationHandle)handle).DecodeSignature(_names, null);
                break;
            case HandleKind.MemberReference:
                AddMember(_metadata.GetMemberReference((MemberReferenceHandle)handle));
                break;
            case HandleKind.MethodDefinition:
                var method = _metadata.GetMethodDefinition((MethodDefinitionHandle)handle);
                Add(method.GetDeclaringType());
                method.DecodeSignature(_names, null);
                break;
            case HandleKind.FieldDefinition:
                var field = _metadata.GetFieldDefinition((FieldDefinitionHandle)handle);
                Add(field.GetDeclaringType());
                field.DecodeSignature(_names, null);
                break;
            case HandleKind.MethodSpecification:
                var specification = _metadata.GetMethodSpecification((MethodSpecificationHandle)handle);
                Add(specification.Method);
                specification.DecodeSignature(_names, null);
                break;
        }
    }

    private void AddMember(MemberReference member)
    {
        Add(member.Parent);
        if (member.GetKind() == MemberReferenceKind.Method)
        {
            member.DecodeMethodSignature(_names, null);
        }
        else
        {
            member.DecodeFieldSignature(_names, null);
        }
    }
}
