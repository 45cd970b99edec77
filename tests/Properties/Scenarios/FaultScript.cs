using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Scenarios;

/// <summary>Makes the faults of a scenario happen. One that finds its broker down already does nothing.</summary>
internal sealed class FaultScript(Simulation simulation, EmbeddedKafka kafka)
{
    private readonly HashSet<int> _down = [];
    private readonly HashSet<int> _stopped = [];

    public async Task PlayAsync(Fault fault)
    {
        if (fault.AtMs > 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(fault.AtMs), simulation.Time);
        }

        if (IsRule(fault))
        {
            MakeRule(fault);
            return;
        }

        if (fault.Broker > 0 && _down.Contains(fault.Broker) && fault.Kind is not (FaultKind.Move or FaultKind.Leaderless))
        {
            return;
        }

        Begin(fault);
        if (fault.Ms > 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(fault.Ms), simulation.Time);
            End(fault);
        }
    }

    private static bool IsRule(Fault fault) => fault.Kind <= FaultKind.FailProducerId;

    private void MakeRule(Fault fault)
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
            FaultKind.CutBefore or FaultKind.CutMetadata => rule.CutConnection(afterAppend: false),
            FaultKind.CutAfter => rule.CutConnection(afterAppend: true),
            FaultKind.Drop => rule.DropResponse(),
            FaultKind.Hang => rule.Hang(),
            FaultKind.Fail or FaultKind.FailMetadata or FaultKind.FailProducerId => rule.Fail(fault.Code),
            FaultKind.FailAppended => rule.Fail(fault.Code, afterAppend: true),
            FaultKind.DelayBefore => rule.Delay(time),
            FaultKind.DelayAfter => rule.DelayResponse(time),
            FaultKind.Throttle => rule.Throttle(time),
            _ => throw new ArgumentOutOfRangeException(nameof(fault), fault.Kind, "no rule"),
        };
    }

    private void Begin(Fault fault)
    {
        switch (fault.Kind)
        {
            case FaultKind.Restart or FaultKind.Failover:
                _down.Add(fault.Broker);
                _stopped.Add(fault.Broker);
                kafka.Stop(fault.Broker, elect: fault.Kind == FaultKind.Failover);
                break;
            case FaultKind.Mute:
                _down.Add(fault.Broker);
                kafka.AcceptAndNeverAnswer(fault.Broker);
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
                simulation.Network.OnConnect(Host(fault), 9092, ConnectBehaviour.Refuse);
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

    private void End(Fault fault)
    {
        switch (fault.Kind)
        {
            case FaultKind.Restart or FaultKind.Failover or FaultKind.Mute:
                kafka.Restart(fault.Broker);
                _down.Remove(fault.Broker);
                _stopped.Remove(fault.Broker);
                break;
            case FaultKind.Leaderless:
                kafka.MoveLeader(ScenarioRecords.Topic, fault.Partition, fault.Broker);
                break;
            case FaultKind.Refuse:
                if (!_stopped.Contains(fault.Broker))
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
