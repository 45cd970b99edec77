namespace Rx.Kafka.Testing.Brokers;

/// <summary>The error codes the brokers answer by themselves.</summary>
internal static class ErrorCode
{
    public const short UnknownServerError = -1;
    public const short None = 0;
    public const short OffsetOutOfRange = 1;
    public const short CorruptMessage = 2;
    public const short UnknownTopicOrPartition = 3;
    public const short LeaderNotAvailable = 5;
    public const short NotLeaderOrFollower = 6;
    public const short MessageTooLarge = 10;
    public const short OffsetMetadataTooLarge = 12;
    public const short CoordinatorNotAvailable = 15;
    public const short NotCoordinator = 16;
    public const short InvalidTopic = 17;
    public const short InvalidRequiredAcks = 21;
    public const short IllegalGeneration = 22;
    public const short InconsistentGroupProtocol = 23;
    public const short InvalidGroupId = 24;
    public const short UnknownMemberId = 25;
    public const short InvalidSessionTimeout = 26;
    public const short RebalanceInProgress = 27;
    public const short InvalidTimestamp = 32;
    public const short UnsupportedSaslMechanism = 33;
    public const short IllegalSaslState = 34;
    public const short UnsupportedVersion = 35;
    public const short InvalidRequest = 42;
    public const short OutOfOrderSequence = 45;
    public const short InvalidProducerEpoch = 47;
    public const short TransactionalIdAuthorizationFailed = 53;
    public const short SaslAuthenticationFailed = 58;
    public const short UnknownProducerId = 59;
    public const short UnsupportedCompressionType = 76;
    public const short MemberIdRequired = 79;
    public const short GroupMaxSizeReached = 81;
    public const short FencedInstanceId = 82;
    public const short InvalidRecord = 87;
    public const short ThrottlingQuotaExceeded = 89;
    public const short UnknownTopicId = 100;
    public const short UnknownSubscriptionId = 117;
    public const short TelemetryTooLarge = 118;
}
