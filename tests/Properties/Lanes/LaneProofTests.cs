using FsCheck.Fluent;
using Rx.Kafka.Lanes;
using Rx.Kafka.Properties.Network.Scripted;
using Rx.Kafka.Testing;

namespace Rx.Kafka.Properties.Lanes;

/// <summary>The proof that a broker knows a lane's producer id holds for this id, this connection, and a minute.</summary>
public sealed class LaneProofTests
{
    [Fact]
    public void A_proof_holds_for_its_id_on_its_connection_for_a_minute() => Law.Check("proof", Gen.Choose(0, 120_000), static ms =>
    {
        var world = new World();
        var (here, elsewhere) = (new Linked(world).Connection, new Linked(world).Connection);
        var time = new VirtualTime();
        var proof = new LaneProof(time);
        Assert.False(proof.Holds(7, here, time.GetTimestamp()));
        proof.Given(7, here, time.GetTimestamp());
        time.Advance(TimeSpan.FromMilliseconds(ms));
        var now = time.GetTimestamp();
        Assert.Equal(ms < 60_000, proof.Holds(7, here, now));
        Assert.False(proof.Holds(8, here, now));
        Assert.False(proof.Holds(7, elsewhere, now));
        proof.End();
        Assert.False(proof.Holds(7, here, now));
    });
}
