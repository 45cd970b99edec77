using System.IO.Pipelines;
using Rx.Kafka.Properties.Network.Scripted;

namespace Rx.Kafka.Properties.Network;

// Carries N1 (send to a connection that cannot: refused loudly or told closed), N2, N4 (our own close ends what is in flight), N15, N20 (queue order), S1 (one in flight, answered, none).
public sealed class BrokerConnectionTests
{
    [Fact]
    public void A_request_gets_the_answer_with_its_number()
    {
        var link = new Linked(new World());
        var request = new CountedRequest(7, link.News);
        Assert.True(link.Send(request));
        var sent = Assert.Single(link.Peer.Received());
        Assert.Equal((0, 3, "me"), (sent.Key, sent.Version, sent.ClientId));
        Assert.Equal(7, Wire.ReadI32(sent.Body));
        Assert.Equal((1, true), (link.Connection.InFlight, link.Connection.CanSend));

        link.Peer.Send(CountedRequest.Answer(sent.CorrelationId, 42, [1, 2, 3]));
        link.World.Run();
        Assert.Equal(["answered 7"], link.News);
        Assert.Equal(42, request.Value);
        Assert.Equal([1, 2, 3], request.Payload);
        Assert.Equal(0, link.Connection.InFlight);
    }

    [Fact]
    public void The_clock_of_a_request_starts_when_it_becomes_the_oldest()
    {
        var link = new Linked(new World());
        Assert.Equal(long.MaxValue, DueAt(link));
        link.World.RunFor(TimeSpan.FromSeconds(1));
        link.Send(new CountedRequest(0, link.News));
        var first = link.World.Time.GetTimestamp();
        link.World.RunFor(TimeSpan.FromSeconds(1));
        link.Send(new CountedRequest(1, link.News));
        Assert.Equal(first, DueAt(link));

        link.World.RunFor(TimeSpan.FromSeconds(1));
        link.Peer.Send(CountedRequest.Answer(0, 0, []));
        link.World.Run();
        Assert.Equal(link.World.Time.GetTimestamp(), DueAt(link));
        Assert.Equal(link.World.Time.GetTimestamp(), link.Connection.LastByteAt);
        link.World.RunFor(TimeSpan.FromSeconds(1));
        link.Peer.Send(CountedRequest.Answer(1, 0, []));
        link.World.Run();
        Assert.Equal(long.MaxValue, DueAt(link));
        Assert.Equal(link.World.Time.GetTimestamp(), link.Connection.LastUsedAt);
    }

    [Fact]
    public void Surplus_bytes_are_ignored_and_logged_once()
    {
        var link = new Linked(new World());
        for (var i = 0; i < 3; i++)
        {
            link.Send(new CountedRequest(i, link.News));
            link.Peer.Send(Wire.Frame(i, new Wire().I32(1).I32(0).I8(0).ToArray()));
            link.World.Run();
        }

        Assert.Equal(["answered 0", "answered 1", "answered 2"], link.News);
        Assert.Equal(1, link.Log.Count(102));
    }

    [Fact]
    public void Without_an_answer_to_come_a_request_ends_with_its_flush_and_an_answer_is_passed_over()
    {
        var link = new Linked(new World());
        link.Send(new CountedRequest(0, link.News, answerable: false));
        Assert.Equal(["flushed 0"], link.News);
        Assert.Equal(0, link.Connection.InFlight);

        // As librdkafka's mock broker does.
        link.Peer.Send(CountedRequest.Answer(0, 0, []));
        link.Send(new CountedRequest(1, link.News));
        link.Peer.Send(CountedRequest.Answer(1, 0, []));
        link.World.Run();
        Assert.Equal(["flushed 0", "answered 1"], link.News);
        Assert.Equal(1, link.Log.Count(103));
    }

    // The requests of one step cost one system call; much at once does not wait for more.
    [Fact]
    public void What_is_written_goes_out_with_the_flush_and_a_lot_of_it_at_once()
    {
        var link = new Linked(new World());
        Assert.True(link.World.Do(() => link.Connection.TryWrite(new CountedRequest(0, link.News))));
        Assert.True(link.World.Do(() => link.Connection.TryWrite(new CountedRequest(1, link.News))));
        Assert.Empty(link.Peer.Received());
        Assert.Equal((2, true), (link.Connection.InFlight, link.Connection.CanSend));
        link.World.Do(link.Connection.Flush);
        Assert.Equal(2, link.Peer.Received().Count);
        Assert.True(link.World.Do(() => link.Connection.TryWrite(new CountedRequest(2, link.News, padding: 300_000))));
        Assert.Single(link.Peer.Received());
    }

    [Fact]
    public void While_a_flush_is_pending_nothing_can_be_sent_and_its_end_is_told()
    {
        var link = new Linked(new World(), pauseAt: 100);
        Assert.True(link.Send(new CountedRequest(0, link.News, padding: 500)));
        Assert.False(link.Connection.CanSend);
        Assert.Throws<InvalidOperationException>(() => link.Send(new CountedRequest(1, link.News)));

        Assert.Single(link.Peer.Received());
        link.World.Run();
        Assert.Equal(["flushed"], link.News);
        Assert.True(link.Connection.CanSend);
    }

    [Fact]
    public void Closing_tells_the_requests_in_the_order_sent_then_the_owner_and_closes_the_pipe()
    {
        var link = new Linked(new World());
        var reason = new KafkaException("enough");
        for (var i = 0; i < 3; i++)
        {
            link.Send(new CountedRequest(i, link.News));
        }

        link.World.Do(() => link.Connection.Close(reason));
        link.World.Do(() => link.Connection.Close(new KafkaException("later")));
        Assert.Equal(["lost 0", "lost 1", "lost 2", "closed"], link.News);
        Assert.Same(reason, link.Cause);
        World.Ended(link.Connection.Ended);
        link.Peer.Received();
        link.Peer.Received();
        Assert.True(link.Peer.ClientClosed);
        Assert.False(link.Send(new CountedRequest(9, link.News)));
        Assert.Equal(4, link.News.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Nobody_is_told_of_an_end_before_the_pending_write_has_ended(bool answerable)
    {
        var link = new Linked(new World(), pauseAt: 100);
        link.Send(new CountedRequest(0, link.News, answerable, padding: 500));
        link.World.Do(() => link.Connection.Close(new KafkaException("enough")));
        Assert.Equal(["lost 0", "closed"], link.News);
        World.Ended(link.Connection.Ended);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_bytes_of_a_request_are_free_only_when_its_write_has_ended_however_long_that_takes(bool answerable)
    {
        StuckWriter? writer = null;
        var link = new Linked(new World(), output: inner => writer = new StuckWriter(inner));
        link.Send(new CountedRequest(0, link.News, answerable));
        link.Peer.Close();
        link.World.RunFor(TimeSpan.FromMinutes(1));
        Assert.True(link.Connection.IsClosed);
        Assert.Empty(link.News);
        Assert.False(writer!.Completed);
        link.World.Do(() => writer.Flush.SetResult(new FlushResult(isCanceled: true, isCompleted: false)));
        Assert.Equal(["lost 0", "closed"], link.News);
        Assert.True(writer.Completed);
    }

    [Fact]
    public void An_answered_request_counts_no_more_when_it_is_told_so()
    {
        var link = new Linked(new World());
        var inFlight = -1;
        link.Send(new CountedRequest(0, link.News) { OnAnswered = () => inFlight = link.Connection.InFlight });
        link.Peer.Send(CountedRequest.Answer(0, 0, []));
        link.World.Run();
        Assert.Equal(0, inFlight);
    }

    [Fact]
    public void After_a_write_that_failed_the_last_answer_ends_the_connection()
    {
        StuckWriter? writer = null;
        var link = new Linked(new World(), output: inner => writer = new StuckWriter(inner));
        link.Send(new CountedRequest(0, link.News));
        link.World.Do(() => writer!.Flush.SetException(new IOException("the cable")));
        Assert.False(link.Connection.CanSend);
        Assert.False(link.Connection.IsClosed);
        Assert.False(link.Send(new CountedRequest(1, link.News)));
        link.Peer.Send(CountedRequest.Answer(0, 0, []));
        link.World.Run();
        Assert.Equal(["flushed", "answered 0", "closed"], link.News);
        Assert.Contains("the cable", link.Cause!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Answers_that_came_before_the_broker_closed_still_count()
    {
        var link = new Linked(new World());
        link.Send(new CountedRequest(0, link.News));
        link.Send(new CountedRequest(1, link.News));
        link.Peer.Send(CountedRequest.Answer(0, 0, []));
        link.Peer.Close();

        // The flush of this one fails: nobody reads. What was answered before is read all the same.
        link.World.Tasks.RunOne();
        link.Send(new CountedRequest(2, link.News));
        link.World.Run();
        Assert.Equal(["answered 0", "lost 1"], link.News.Where(n => n is "answered 0" or "lost 1"));
        Assert.Equal("closed", link.News[^1]);
        Assert.Contains("broker:9092 closed the connection", link.Cause!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_fault_while_writing_closes_the_connection_and_sends_nothing_of_it()
    {
        var link = new Linked(new World());
        Assert.True(link.Send(new CountedRequest(0, link.News) { FailWhileWriting = true }));
        Assert.Equal("a fault of ours", link.Cause!.Message);
        Assert.Equal(["lost 0", "closed"], link.News);
        Assert.Empty(link.Peer.Received());
    }

    [Fact]
    public void An_api_the_broker_does_not_offer_is_refused_before_anything_is_sent()
    {
        var link = new Linked(new World());
        link.World.Do(() => link.Connection.Adopt(new Rx.Kafka.Network.ApiVersionTable([]), link));
        var error = Assert.Throws<KafkaException>(() => link.Send(new CountedRequest(0, link.News)));
        Assert.Contains("offers Produce in versions none", error.Message, StringComparison.Ordinal);
        Assert.Empty(link.Peer.Received());
    }

    [Theory]
    [InlineData(5, "oldest waiting request has number 0")]
    [InlineData(-1, "oldest waiting request has number 0")]
    public void A_wrong_number_closes_the_connection(int correlationId, string words)
    {
        var link = new Linked(new World());
        link.Send(new CountedRequest(0, link.News));
        link.Peer.Send(CountedRequest.Answer(correlationId, 0, []));
        link.World.Run();
        Assert.Equal(["lost 0", "closed"], link.News);
        Assert.Contains(words, link.Cause!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_answer_to_nothing_closes_the_connection()
    {
        var link = new Linked(new World());
        link.Peer.Send(CountedRequest.Answer(0, 0, []));
        link.World.Run();
        Assert.Equal(["closed"], link.News);
        Assert.Contains("no request waits", link.Cause!.Message, StringComparison.Ordinal);
    }

    private static long DueAt(Linked link)
    {
        var isOverdue = link.Connection.Requests.IsOverdue(link.World.Time.GetTimestamp(), long.MinValue, TimeSpan.Zero, out var due);
        Assert.Equal(due <= link.World.Time.GetTimestamp(), isOverdue);
        return due;
    }
}
