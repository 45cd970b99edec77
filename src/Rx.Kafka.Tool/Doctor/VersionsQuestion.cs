using System.Buffers.Binary;

namespace Rx.Kafka.Tool.Doctor;

/// <summary>Asks a broker which requests it knows: ApiVersions 0, which every broker answers before anybody has signed in.</summary>
/// <param name="stream">Nothing else reads it meanwhile.</param>
internal sealed class VersionsQuestion(Stream stream)
{
    private const short ApiVersions = 18;
    private const short Produce = 0;
    private const int Largest = 64 * 1024;
    private const int EntryBytes = 6;

    /// <summary>Bytes that have come, whatever they are.</summary>
    public int Received { get; private set; }

    /// <summary>The versions of Produce; null = it has none.</summary>
    /// <exception cref="InvalidDataException">The answer is not a broker's.</exception>
    /// <exception cref="IOException">The connection ended.</exception>
    public async Task<(short Minimum, short Maximum)?> AskAsync(CancellationToken cancellationToken)
    {
        // INT32 size, then the header: api_key, api_version = 0, correlation_id = 1, client_id with its length. The body is empty.
        byte[] question = [0, 0, 0, 17, 0, (byte)ApiVersions, 0, 0, 0, 0, 0, 1, 0, 7, .. "rxkafka"u8];
        await stream.WriteAsync(question, cancellationToken);
        var size = new byte[4];
        await ReadAsync(size, cancellationToken);
        var length = BinaryPrimitives.ReadInt32BigEndian(size);
        if (length is < 10 or > Largest)
        {
            throw new InvalidDataException($"the answer begins with a length of {length}, which is no broker's");
        }

        var answer = new byte[length];
        await ReadAsync(answer, cancellationToken);
        return Read(answer);
    }

    // INT32 correlation_id, INT16 error_code, then an array of api_key, min_version, max_version (INT16 each).
    private static (short Minimum, short Maximum)? Read(ReadOnlySpan<byte> answer)
    {
        var error = BinaryPrimitives.ReadInt16BigEndian(answer[4..]);
        var count = BinaryPrimitives.ReadInt32BigEndian(answer[6..]);
        var entries = answer[10..];
        if (BinaryPrimitives.ReadInt32BigEndian(answer) != 1 || error != 0 || count < 0 || count > entries.Length / EntryBytes)
        {
            throw new InvalidDataException($"the answer to ApiVersions is not a broker's (error {error}, {count} entries)");
        }

        for (var i = 0; i < count; i++)
        {
            var entry = entries.Slice(i * EntryBytes, EntryBytes);
            if (BinaryPrimitives.ReadInt16BigEndian(entry) == Produce)
            {
                return (BinaryPrimitives.ReadInt16BigEndian(entry[2..]), BinaryPrimitives.ReadInt16BigEndian(entry[4..]));
            }
        }

        return null;
    }

    private async Task ReadAsync(Memory<byte> into, CancellationToken cancellationToken)
    {
        while (into.Length > 0)
        {
            var read = await stream.ReadAsync(into, cancellationToken);
            if (read == 0)
            {
                throw new IOException("the connection was closed without an answer");
            }

            Received += read;
            into = into[read..];
        }
    }
}
