using System.Globalization;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Scenarios;

/// <summary>Makes the faults of a scenario happen. One that finds its broker down already, or its topic gone, does nothing.</summary>
internal sealed class FaultScript(Simulation simulation, ScenarioCluster cluster)
{
    private const int SmallBatch = 150;

    private readonly HashSet<int> _down = [];
    private readonly HashSet<int> _stopped = [];

    private EmbeddedKafka Kafka => cluster.Kafka;

    public async Task PlayAsync(Fault fault)
    {
        await DelayAsync(fault.AtMs);
        if (IsRule(fault))
        {
            MakeRule(fault);
        }
        else if (CanBegin(fault))
        {
            var address = Begin(fault);
            await DelayAsync(fault.Kind == FaultKind.Leap ? 0 : fault.Ms);
            if (fault.Ms > 0 || fault.Kind is FaultKind.Recreate or FaultKind.Readdress)
            {
                End(fault, address);
            }
        }
    }

    private static bool IsRule(Fault fault) => fault.Kind <= FaultKind.FailProducerId;

    private Task DelayAsync(int milliseconds) => milliseconds > 0 ? Task.Delay(TimeSpan.FromMilliseconds(milliseconds), simulation.Time) : Task.CompletedTask;

    private bool CanBegin(Fault fault) => fault.Kind switch
    {
        FaultKind.Move or FaultKind.Leaderless or FaultKind.LimitMessages or FaultKind.Recreate => !cluster.TopicIsGone,
        FaultKind.Leap or FaultKind.Exchange => true,
        FaultKind.Readdress => fault.Broker > 1 && !_down.Contains(fault.Broker),
        _ => !_down.Contains(fault.Broker),
    };

    private void MakeRule(Fault fault)
    {
        var key = fault.Kind switch
        {
            FaultKind.FailMetadata or FaultKind.CutMetadata => ApiKey.Metadata,
            FaultKind.FailProducerId => ApiKey.InitProducerId,
            _ => ApiKey.Produce,
        };
        var rule = Kafka.Faults.On(key).Times(fault.Times).Skip(fault.Skip);
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
            FaultKind.FailWithOffset => rule.FailWithOffset(fault.Code),
            FaultKind.DelayBefore => rule.Delay(time),
            FaultKind.DelayAfter => rule.DelayResponse(time),
            FaultKind.Throttle => rule.Throttle(time),
            FaultKind.ServeTwice => rule.ServeTwice(),
            FaultKind.ServeAfterCut => rule.ServeAfterCut(time),
            FaultKind.Trickle => rule.Trickle(time),
            _ => throw new ArgumentOutOfRangeException(nameof(fault), fault.Kind, "no rule"),
        };
    }

    /// <returns>The broker's address, where it concerns one.</returns>
    private (string Host, int Port) Begin(Fault fault)
    {
        var address = fault.Broker > 0 ? Address(fault.Broker) : default;
        switch (fault.Kind)
        {
            case FaultKind.Restart or FaultKind.Failover or FaultKind.Readdress:
                _down.Add(fault.Broker);
                _stopped.Add(fault.Broker);
                Kafka.Stop(fault.Broker, elect: fault.Kind != FaultKind.Restart);
                break;
            case FaultKind.Mute:
                _down.Add(fault.Broker);
                Kafka.AcceptAndNeverAnswer(fault.Broker);
                break;
            case FaultKind.CutAll:
                Kafka.CutConnections(fault.Broker);
                break;
            case FaultKind.Move:
                Kafka.MoveLeader(ScenarioRecords.Topic, fault.Partition, fault.Broker);
                break;
            case FaultKind.Leaderless:
                Kafka.MoveLeader(ScenarioRecords.Topic, fault.Partition, -1);
                break;
            case FaultKind.Refuse or FaultKind.HangConnects:
                simulation.Network.OnConnect(address.Host, address.Port, fault.Kind == FaultKind.Refuse ? ConnectBehaviour.Refuse : ConnectBehaviour.Hang);
                break;
            case FaultKind.Swallow or FaultKind.SwallowRequests or FaultKind.SwallowAnswers:
                Swallow(fault.Kind, address);
                break;
            case FaultKind.LimitMessages:
                Kafka.LimitMessages(ScenarioRecords.Topic, SmallBatch);
                break;
            case FaultKind.Leap:
                simulation.Time.Leap(TimeSpan.FromMilliseconds(fault.Ms));
                break;
            case FaultKind.Recreate:
                cluster.DeleteTopic();
                break;
            case FaultKind.Exchange:
                cluster.Exchange();
                _down.Clear();
                _stopped.Clear();
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(fault), fault.Kind, "a rule");
        }

        return address;
    }

    private void End(Fault fault, (string Host, int Port) address)
    {
        switch (fault.Kind)
        {
            case FaultKind.Restart or FaultKind.Failover or FaultKind.Mute or FaultKind.Readdress:
                Kafka.Restart(fault.Broker, elsewhere: fault.Kind == FaultKind.Readdress);
                _down.Remove(fault.Broker);
                _stopped.Remove(fault.Broker);
                break;
            case FaultKind.Leaderless when !cluster.TopicIsGone:
                Kafka.MoveLeader(ScenarioRecords.Topic, fault.Partition, fault.Broker);
                break;
            case FaultKind.LimitMessages when !cluster.TopicIsGone:
                Kafka.LimitMessages(ScenarioRecords.Topic, null);
                break;
            case FaultKind.Recreate when cluster.TopicIsGone:
                cluster.CreateTopic();
                break;
            case FaultKind.Refuse or FaultKind.HangConnects when !_stopped.Contains(fault.Broker) && address == Address(fault.Broker):
                simulation.Network.OnConnect(address.Host, address.Port, ConnectBehaviour.Accept);
                break;
            default:
                break;
        }
    }

    private void Swallow(FaultKind kind, (string Host, int Port) address)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{address.Host}:{address.Port}");
        foreach (var connection in simulation.Network.Connections.Where(c => c.Address == text))
        {
            if (kind != FaultKind.SwallowAnswers)
            {
                connection.SwallowToServer();
            }

            if (kind != FaultKind.SwallowRequests)
            {
                connection.SwallowToClient();
            }
        }
    }

    private (string Host, int Port) Address(int broker)
    {
        var text = Kafka.BootstrapServers[broker - 1].Split(':');
        return (text[0], int.Parse(text[1], CultureInfo.InvariantCulture));
    }
}
