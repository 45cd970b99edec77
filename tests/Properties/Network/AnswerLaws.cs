using FsCheck;
using FsCheck.Fluent;
using Rx.Kafka.Properties.Network.Scripted;

namespace Rx.Kafka.Properties.Network;

/// <summary>Laws of the read side: how bytes are cut changes nothing, and whatever comes, each request ends exactly once and in order.</summary>
public sealed class AnswerLaws
{
    [Fact]
    public void Any_segmentation_of_the_answers_gives_the_same_result()
    {
        var cases = from sizes in Gen.Choose(0, 300).ArrayOf()
                    from cuts in Gen.Choose(1, 40).NonEmptyListOf()
                    from segment in Gen.Elements(1, 16, 64, 4096)
                    select (Sizes: sizes, Cuts: cuts.ToArray(), Segment: segment);
        Law.Check("segmentation", cases, c =>
        {
            var link = new Linked(new World(), c.Segment);
            var requests = c.Sizes.Select((_, i) => new CountedRequest(i, link.News)).ToList();
            requests.ForEach(r => link.Send(r));
            var answers = c.Sizes.SelectMany((size, i) => CountedRequest.Answer(i, i * 3, Payload(size, i))).ToArray();
            SendCut(link, answers, c.Cuts);

            Assert.Equal(requests.Select(r => $"answered {r.Number}"), link.News);
            Assert.All(requests, r => Assert.Equal(r.Number * 3, r.Value));
            Assert.All(requests, r => Assert.Equal(Payload(c.Sizes[r.Number], r.Number), r.Payload));
        });
    }

    [Fact]
    public void Whatever_bytes_come_each_request_ends_exactly_once_in_order_answered_before_lost()
    {
        var mutation = from at in Gen.Choose(0, 400)
                       from kind in Gen.Choose(0, 3)
                       from value in Gen.Choose(0, 255)
                       select (At: at, Kind: kind, Value: (byte)value);
        var cases = from count in Gen.Choose(1, 6)
                    from mutations in mutation.NonEmptyListOf()
                    from cuts in Gen.Choose(1, 60).NonEmptyListOf()
                    select (Count: count, Mutations: mutations.ToArray(), Cuts: cuts.ToArray());
        Law.Check("hostile answers", cases, c =>
        {
            var link = new Linked(new World());
            for (var i = 0; i < c.Count; i++)
            {
                link.Send(new CountedRequest(i, link.News));
            }

            var answers = Enumerable.Range(0, c.Count).SelectMany(i => CountedRequest.Answer(i, i, Payload(i * 7, i))).ToList();
            foreach (var (at, kind, value) in c.Mutations)
            {
                Mutate(answers, at, kind, value);
            }

            SendCut(link, [.. answers], c.Cuts);
            link.Peer.Close();
            link.World.Run();

            World.Ended(link.Connection.Ended);
            var answered = link.News.TakeWhile(n => n.StartsWith("answered", StringComparison.Ordinal)).Count();
            var expected = Enumerable.Range(0, c.Count).Select(i => i < answered ? $"answered {i}" : $"lost {i}").Append("closed");
            Assert.Equal(expected, link.News);
        });
    }

    [Fact]
    public void Whatever_happens_in_whatever_order_each_request_ends_exactly_once_and_the_owner_hears_last()
    {
        Law.Seeds("lives of a connection", seed =>
        {
            var random = new Random(seed);
            var link = new Linked(new World(seed), segmentBytes: 64, pauseAt: random.Next(1, 400));
            var sent = new List<int>();
            var toAnswer = new Queue<SentRequest>();
            for (var step = 0; step < 40; step++)
            {
                switch (random.Next(20))
                {
                    case < 9:
                        var answerable = random.Next(3) > 0;
                        if (link.Connection.CanSend && Send(link, new CountedRequest(step, link.News, answerable, random.Next(300)), random))
                        {
                            sent.Add(step);
                        }

                        break;
                    case < 13:
                        link.Peer.Received().Where(r => link.Connection.InFlight > 0).ToList().ForEach(toAnswer.Enqueue);
                        break;
                    case < 17 when toAnswer.TryDequeue(out var request):
                        link.Peer.Send(CountedRequest.Answer(request.CorrelationId, 1, Payload(random.Next(50), step)));
                        break;
                    case 18 when random.Next(4) == 0:
                        link.Peer.Close();
                        step = 40;
                        break;
                    case 19 when random.Next(4) == 0:
                        link.World.Do(() => link.Connection.Close(new KafkaException("enough")));
                        break;
                    default:
                        link.World.Tasks.RunOne();
                        break;
                }
            }

            link.World.Do(() => link.Connection.Close(new KafkaException("the end")));
            link.World.Do(link.Connection.Flush);
            link.World.Run();
            World.Ended(link.Connection.Ended);
            var ends = link.News.Where(n => n.Contains(' ')).Select(n => int.Parse(n.Split(' ')[1])).ToList();
            Assert.Equal(sent, ends.Order());
            Assert.Equal("closed", link.News[^1]);
            Assert.Single(link.News, n => n == "closed");
        });
    }

    private static bool Send(Linked link, CountedRequest request, Random random)
    {
        // Several requests may share a flush, and the connection may end before it.
        var flushed = random.Next(2) == 0;
        var sending = Task.Factory.StartNew(() => flushed ? link.Connection.TrySend(request) : link.Connection.TryWrite(request), CancellationToken.None, TaskCreationOptions.None, link.World.Tasks);
        while (!sending.IsCompleted || random.Next(2) == 0)
        {
            if (!link.World.Tasks.RunOne())
            {
                break;
            }
        }

        return World.Ended(sending);
    }

    private static byte[] Payload(int size, int seed) => [.. Enumerable.Range(0, size).Select(i => (byte)(i + seed))];

    private static void SendCut(Linked link, byte[] bytes, int[] cuts)
    {
        var at = 0;
        for (var i = 0; at < bytes.Length && !link.Connection.IsClosed; i++)
        {
            var size = Math.Min(cuts[i % cuts.Length], bytes.Length - at);
            link.Peer.Send(bytes.AsSpan(at, size));
            at += size;
            link.World.Run();
        }
    }

    private static void Mutate(List<byte> bytes, int at, int kind, byte value)
    {
        if (bytes.Count == 0)
        {
            return;
        }

        at %= bytes.Count;
        switch (kind)
        {
            case 0:
                bytes[at] = value;
                break;
            case 1:
                bytes.Insert(at, value);
                break;
            case 2:
                bytes.RemoveAt(at);
                break;
            default:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
        }
    }
}
