using System.Collections.Immutable;
using System.Reflection.Metadata;

namespace Rx.Kafka.Properties.Architecture;

/// <summary>Writes down the top-level type of every type that a signature mentions.</summary>
internal sealed class NameCollector(MetadataReader metadata) : ISignatureTypeProvider<string, object?>
{
    public HashSet<string> Found { get; } = new(StringComparer.Ordinal);

    public static string NameOf(MetadataReader metadata, TypeDefinitionHandle handle)
    {
        var type = metadata.GetTypeDefinition(handle);
        var outer = type.GetDeclaringType();
        return outer.IsNil ? Join(metadata.GetString(type.Namespace), metadata.GetString(type.Name)) : NameOf(metadata, outer);
    }

    public string NameOf(EntityHandle handle)
    {
        if (handle.Kind == HandleKind.TypeDefinition)
        {
            return NameOf(metadata, (TypeDefinitionHandle)handle);
        }

        var type = metadata.GetTypeReference((TypeReferenceHandle)handle);
        return type.ResolutionScope.Kind == HandleKind.TypeReference
            ? NameOf(type.ResolutionScope)
            : Join(metadata.GetString(type.Namespace), metadata.GetString(type.Name));
    }

    public string GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) => Note(NameOf(handle));

    public string GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) => Note(NameOf(handle));

    public string GetTypeFromSpecification(MetadataReader reader, object? genericContext, TypeSpecificationHandle handle, byte rawTypeKind) =>
        reader.GetTypeSpecification(handle).DecodeSignature(this, genericContext);

    public string GetArrayType(string elementType, ArrayShape shape) => elementType;

    public string GetByReferenceType(string elementType) => elementType;

    public string GetFunctionPointerType(MethodSignature<string> signature) => string.Empty;

    public string GetGenericInstantiation(string genericType, ImmutableArray<string> typeArguments) => genericType;

    public string GetGenericMethodParameter(object? genericContext, int index) => string.Empty;

    public string GetGenericTypeParameter(object? genericContext, int index) => string.Empty;

    public string GetModifiedType(string modifier, string unmodifiedType, bool isRequired) => unmodifiedType;

    public string GetPinnedType(string elementType) => elementType;

    public string GetPointerType(string elementType) => elementType;

    public string GetPrimitiveType(PrimitiveTypeCode typeCode) => string.Empty;

    public string GetSZArrayType(string elementType) => elementType;

    private static string Join(string space, string name) => space.Length == 0 ? name : $"{space}.{name}";

    private string Note(string name)
    {
        Found.Add(name);
        return name;
    }
}
