using System.Collections.Concurrent;
using Rx.Kafka;
using Rx.Kafka.Testing;

// A cluster that wants to know who its clients are: SASL with SCRAM, whose password never travels. The password comes from a function,
// which is asked for each connection, so that it can be rotated while the producer runs. Here the broker is embedded, and ends each
// session after some seconds; the producer renews them by itself.
//
//   dotnet run                                        an embedded broker
//   dotnet run -- HOST:PORT USER                      a real one (SASL_PLAINTEXT); the password is in KAFKA_PASSWORD
//   dotnet run -- HOST:PORT USER ssl                  the same over TLS (SASL_SSL)

var users = new ConcurrentDictionary<string, string> { ["alice"] = "the first password" };
await using var kafka = await EmbeddedKafka.StartAsync(options: new()
{
    Sasl = new() { Users = users, SessionLifetime = TimeSpan.FromSeconds(3) },
});
var isReal = args.Length >= 2;
var password = isReal ? Environment.GetEnvironmentVariable("KAFKA_PASSWORD") ?? "" : users["alice"];
await using var producer = new KafkaProducer(new()
{
    BootstrapServers = isReal ? [args[0]] : kafka.BootstrapServers,
    Security = new()
    {
        Tls = args.Contains("ssl") ? new() : null,
        Sasl = SaslOptions.Scram512(_ => ValueTask.FromResult(new SaslCredential(isReal ? args[1] : "alice", Volatile.Read(ref password)))),
    },
});

Console.WriteLine($"sent to offset {(await SendAsync("hello")).Offset}");
if (isReal)
{
    return 0;
}

// The password is rotated at the broker first. The connection that is open goes on until its session ends; then nobody gets in.
users["alice"] = "the second password";
try
{
    kafka.CutConnections(1);
    await producer.SendAsync(new Record("another-topic", "refused"));
    return 1;
}
catch (KafkaProduceException e) when (e.Code == ProduceErrorCode.Authentication)
{
    Console.WriteLine($"refused: {e.Message}");
}

// And then here: no new producer is needed.
Volatile.Write(ref password, users["alice"]);
Console.WriteLine($"sent to offset {(await SendAsync("hello again")).Offset}");
return 0;

ValueTask<RecordMetadata> SendAsync(string value) => producer.SendAsync(new Record("greetings", value));
