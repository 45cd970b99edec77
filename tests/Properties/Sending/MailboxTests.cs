using Rx.Kafka.Sending;

namespace Rx.Kafka.Properties.Sending;

/// <summary>Letters to a loop: each is delivered once and in order, whatever one of them throws.</summary>
public sealed class MailboxTests
{
    [Property(MaxTest = 200)]
    public void Each_letter_is_delivered_once_and_in_order_also_after_one_that_throws(bool[] throws)
    {
        var mailbox = new Mailbox();
        var delivered = new List<int>();
        for (var i = 0; i < throws.Length; i++)
        {
            var number = i;
            mailbox.Post(new Mail(() =>
            {
                delivered.Add(number);
                if (throws[number])
                {
                    throw new InvalidOperationException();
                }
            }));
        }

        var failures = throws.Count(static t => t);
        for (var step = 0; step <= failures; step++)
        {
            _ = Xunit.Record.Exception(mailbox.DeliverAll);
        }

        Assert.Equal(Enumerable.Range(0, throws.Length), delivered);
        mailbox.DeliverAll();
        Assert.Equal(throws.Length, delivered.Count);
    }
}
