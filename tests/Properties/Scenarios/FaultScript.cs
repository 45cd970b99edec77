using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Scenarios;

/// <summary>Makes one fault of a scenario happen.</summary>
internal static class FaultScript
{
    public static async Task PlayAsync(Fault fault, Simulation simulation, EmbeddedKafka kafka)
    {
        if (fault.AtMs > 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(fault.AtMs), simulation.Time);
        }

        if (IsRule(fault))
        {
            MakeRule(fault, kafka);
            return;
        }

        Begin(fault, simulation, kafka);
        if (fault.Ms > 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(fault.Ms), simulation.Time);
            End(fault, simulation, kafka);
        }
    }

    private static bool IsRule(Fault fault) => fault.Kind <= FaultKind.FailProducerId;

    private static void MakeRule(Fault fault, EmbeddedKafka kafka)
    {
        var key = fault.Kind switch
        {
            FaultKind.FailMetadata or FaultKind.CutMetadata => ApiKey.Metadata,
            FaultKind.FailProducerId => ApiKey.InitProducerId,
            _ => ApiKey.Produce,
        };
        var rule = kafka.Faults.On(key).Times(fault.Times).Skip(fault.Skip);
        if (key == ApiKey.Produce)
        {
            rule = fault.Broker > 0 ? rule.Broker(fault.Broker) : rule;
            rule = fault.Partition >= 0 ? rule.Topic(ScenarioRecords.Topic).Partition(fault.Partition) : rule;
        }

        var time = TimeSpan.FromMilliseconds(fault.Ms);
        _ = fault.Kind switch
        {
            FaultKind.CutBefore or FaultKind.CutMetadata => rule.CutBefore(),
            FaultKind.CutAfter => rule.CutAfter(),
            FaultKind.Drop => rule.DropResponse(),
            FaultKind.Hang => rule.Hang(),
            FaultKind.Fail or FaultKind.FailMetadata or FaultKind.FailProducerId => rule.Fail(fault.Code),
            FaultKind.FailAppended => rule.Fail(fault.Code, afterAppend: true),
            FaultKind.DelayBefore => rule.DelayRequest(time),
            FaultKind.DelayAfter => rule.DelayResponse(time),
            FaultKind.Throttle => rule.Throttle(time),
            _ => throw new ArgumentOutOfRangeException(nameof(fault), fault.Kind, "no rule"),
        };
    }

    private static void Begin(Fault fault, Simulation simulation, EmbeddedKafka kafka)
    {
        switch (fault.Kind)
        {
            case FaultKind.Restart:
                kafka.Stop(fault.Broker, elect: false);
                break;
            case FaultKind.Failover:
                kafka.Stop(fault.Broker);
                break;
            case FaultKind.Mute:
                if (kafka.IsUp(fault.Broker))
                {
                    kafka.AcceptAndNeverAnswer(fault.Broker);
                }

                break;
            case FaultKind.CutAll:
                kafka.CutConnections(fault.Broker);
                break;
            case FaultKind.Move:
                kafka.MoveLeader(ScenarioRecords.Topic, fault.Partition, fault.Broker);
                break;
            case FaultKind.Leaderless:
                kafka.MoveLeader(ScenarioRecords.Topic, fault.Partition, -1);
                break;
            case FaultKind.Refuse:
                if (kafka.IsUp(fault.Broker))
                {
                    simulation.Network.OnConnect(Host(fault), 9092, ConnectBehaviour.Refuse);
                }

                break;
            case FaultKind.Swallow:
                foreach (var connection in simulation.Network.Connections.Where(c => c.Address.StartsWith(Host(fault) + ":", StringComparison.Ordinal)))
                {
                    connection.Swallow();
                }

                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(fault), fault.Kind, "a rule");
        }
    }

    private static void End(Fault fault, Simulation simulation, EmbeddedKafka kafka)
    {
        switch (fault.Kind)
        {
            case FaultKind.Restart or FaultKind.Failover or FaultKind.Mute:
                kafka.Restart(fault.Broker);
                break;
            case FaultKind.Leaderless:
                kafka.MoveLeader(ScenarioRecords.Topic, fault.Partition, fault.Broker);
                break;
            case FaultKind.Refuse:
                if (kafka.IsUp(fault.Broker))
                {
                    simulation.Network.OnConnect(Host(fault), 9092, ConnectBehaviour.Accept);
                }

                break;
            default:
                break;
        }
    }

    private static string Host(Fault fault) => $"broker-{fault.Broker}";
}
