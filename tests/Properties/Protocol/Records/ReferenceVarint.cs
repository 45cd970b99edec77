namespace Rx.Kafka.Properties.Protocol.Records;

/// <summary>Reads zigzag varints, plainly and by the definition.</summary>
internal static class ReferenceVarint
{
    public static (long Value, int Size) Read(ReadOnlySpan<byte> bytes)
    {
        var stored = System.Numerics.BigInteger.Zero;
        for (var i = 0; i < bytes.Length; i++)
        {
            if (i == 10)
            {
                break;
            }

            stored += new System.Numerics.BigInteger(bytes[i] % 128) * System.Numerics.BigInteger.Pow(128, i);
            if (bytes[i] < 128)
            {
                // 0, -1, 1, -2, 2 …
                return ((long)(stored.IsEven ? stored / 2 : -(stored + 1) / 2), i + 1);
            }
        }

        throw new FormatException("A varint does not end.");
    }
}
