using System.Reflection;
using Microsoft.Extensions.Logging;

namespace Rx.Kafka.Properties.Architecture;

public sealed class LogMessageTests
{
    internal static List<(MethodInfo Method, LoggerMessageAttribute Message)> Messages =>
    [
        .. typeof(KafkaProducer).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly))
            .Select(method => (Method: method, Message: method.GetCustomAttribute<LoggerMessageAttribute>()!))
            .Where(pair => pair.Message is not null),
    ];

    [Fact]
    public void Every_event_has_an_id_of_its_own()
    {
        Assert.All(Messages, pair => Assert.True(pair.Message.EventId > 0, $"{pair.Method.DeclaringType}.{pair.Method.Name} has no event id"));
        Assert.Empty(Messages
            .GroupBy(pair => pair.Message.EventId)
            .Where(group => group.Count() > 1)
            .Select(group => $"{group.Key}: {string.Join(", ", group.Select(pair => $"{pair.Method.DeclaringType}.{pair.Method.Name}"))}"));
    }
}
