using Rx.Kafka.Protocol;

namespace Rx.Kafka.Properties;

/// <summary>What a failed delivery tells its caller: that there is an error, and whether it is worth trying again.</summary>
public sealed class FailureTests
{
    private static readonly Dictionary<ProduceErrorCode, bool> TransientWithoutBroker = new()
    {
        [ProduceErrorCode.InvalidRecord] = false,
        [ProduceErrorCode.Serialization] = false,
        [ProduceErrorCode.RecordTooLarge] = false,
        [ProduceErrorCode.MetadataTimeout] = true,
        [ProduceErrorCode.TopicUnknown] = false,
        [ProduceErrorCode.BufferFull] = true,
        [ProduceErrorCode.DeliveryTimeout] = true,
        [ProduceErrorCode.Omitted] = true,
        [ProduceErrorCode.Broker] = true,
        [ProduceErrorCode.Authorization] = false,
        [ProduceErrorCode.Authentication] = false,
        [ProduceErrorCode.Fenced] = false,
        [ProduceErrorCode.Closed] = false,
        [ProduceErrorCode.Aborted] = false,
    };

    [Fact]
    public void Each_kind_of_failure_says_whether_it_is_worth_trying_again() => Assert.All(
        Enum.GetValues<ProduceErrorCode>(), static code => Assert.Equal(TransientWithoutBroker[code], new ProduceError(code, "It failed.").IsTransient));

    // Whatever the broker said, it does not make a record's own fault pass, nor a timeout last.
    [Fact]
    public void What_the_broker_answered_decides_only_where_it_is_the_cause() => Assert.All(
        Enum.GetValues<ProduceErrorCode>().Except([ProduceErrorCode.Broker, ProduceErrorCode.TopicUnknown]),
        static code => Assert.All(
            ErrorTable.All.ToArray(), error => Assert.Equal(TransientWithoutBroker[code], new ProduceError(code, "It failed.", BrokerErrorCode: error.Code).IsTransient)));

    [Theory]
    [InlineData(-1, false)]
    [InlineData(3, true)]
    [InlineData(6, true)]
    [InlineData(17, false)]
    [InlineData(19, true)]
    [InlineData(42, false)]
    [InlineData(45, true)]
    [InlineData(47, true)]
    [InlineData(59, true)]
    [InlineData(87, false)]
    [InlineData(9999, false)]
    public void A_refusal_is_transient_where_the_same_record_may_be_taken_later(short answer, bool expected) =>
        Assert.Equal(expected, new ProduceError(ProduceErrorCode.Broker, "It failed.", BrokerErrorCode: answer).IsTransient);

    [Fact]
    public void An_unknown_topic_may_be_created_and_an_invalid_name_stays_invalid()
    {
        Assert.True(new ProduceError(ProduceErrorCode.TopicUnknown, "It failed.", BrokerErrorCode: 3).IsTransient);
        Assert.False(new ProduceError(ProduceErrorCode.TopicUnknown, "It failed.", BrokerErrorCode: 17).IsTransient);
    }

    [Fact]
    public void A_producer_that_has_ended_takes_nothing_again() => Assert.All(
        Enum.GetValues<ProduceErrorCode>(), static code => Assert.False(new ProduceError(code, "It failed.", IsFatal: true).IsTransient));

    [Fact]
    public void Outcomes_can_be_made_for_tests()
    {
        var metadata = new RecordMetadata("t", 1, 2, DateTimeOffset.FromUnixTimeMilliseconds(3));
        var success = Delivery.Success("element", metadata);
        Assert.Equal(("element", true, metadata, Persistence.Persisted), (success.State, success.Succeeded, success.Metadata, success.Persistence));
        var error = new ProduceError(ProduceErrorCode.Broker, "It failed.");
        var failure = Delivery.Failure(7, error);
        Assert.Equal((7, false, error), (failure.State, failure.Succeeded, failure.Error));
        Assert.Equal("Broker: It failed.", failure.ToString());
    }

    // The compiler knows it too: no "!" is needed after Succeeded was asked.
    [Fact]
    public void What_did_not_succeed_has_an_error()
    {
        Assert.Equal("It failed.", TextOf(new Delivery<int>(1, new ProduceError(ProduceErrorCode.Broker, "It failed."))));
        Assert.Equal("t", TextOf(new Delivery<int>(1, "t", 0, 0, 0)));
        Assert.Contains("no record's outcome", TextOf(default), StringComparison.Ordinal);
        Assert.Throws<KafkaProduceException>(static () => default(Delivery<int>).Metadata);

        static string TextOf(Delivery<int> delivery) => delivery.Succeeded ? delivery.Metadata.Topic : delivery.Error.Message;
    }
}
