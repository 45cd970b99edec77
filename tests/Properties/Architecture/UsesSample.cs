namespace Rx.Kafka.Properties.Architecture;

/// <summary>One use of each kind.</summary>
internal abstract class UsesSample : Comparer<Version>, ICloneable
{
    private readonly Uri _field = new("about:blank");

    public abstract object Clone();

    public static Guid Parameter(Guid value, Lazy<RecordHeader>[] array)
    {
        List<int> local = [array.Length];
        try
        {
            _ = BitConverter.ToInt32(new byte[local.Count]);
            Func<Type> closure = () => typeof(Half);
            return closure() is null ? throw new DivideByZeroException() : value;
        }
        catch (FormatException)
        {
            return Guid.Empty;
        }
    }

    public override string ToString() => $"{_field}";
}
