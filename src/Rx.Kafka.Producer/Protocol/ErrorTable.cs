namespace Rx.Kafka.Protocol;

/// <summary>Everything this client knows about Kafka's error codes, in one table.</summary>
internal static class ErrorTable
{
    // Columns: code, name, retriable, invalid metadata, authorization, what a Produce answer proves, description. Ordered by code, from -1, without gaps.
    private static readonly ErrorInfo[] Table =
    [
        new(-1, "UNKNOWN_SERVER_ERROR", false, false, false, Appended.Unclear, "Unclassified failure inside the broker; look at the broker log."),
        new(0, "NONE", false, false, false, Appended.Yes, "Success."),
        new(1, "OFFSET_OUT_OF_RANGE", false, false, false, Appended.Unclear, "Fetch/ListOffsets asked for an offset outside the partition's log."),
        new(2, "CORRUPT_MESSAGE", true, false, false, Appended.No, "A record batch failed its checksum or structural validation, or (for Produce) the message itself is invalid such as a bad magic or length."),
        new(3, "UNKNOWN_TOPIC_OR_PARTITION", true, true, false, Appended.Unclear, "The broker does not know the topic or does not host the partition (also returned when the caller may not describe it)."),
        new(4, "INVALID_FETCH_SIZE", false, false, false, Appended.Unclear, "Fetch size parameter is not acceptable."),
        new(5, "LEADER_NOT_AVAILABLE", true, true, false, Appended.Unclear, "Partition currently has no leader; an election is in progress or all eligible replicas are offline."),
        new(6, "NOT_LEADER_OR_FOLLOWER", true, true, false, Appended.Unclear, "The contacted broker is not the leader (or not a replica) for the partition: the client's metadata is stale."),
        new(7, "REQUEST_TIMED_OUT", true, false, false, Appended.Unclear, "The broker gave up waiting, e.g. replication did not complete within the Produce timeout; the write may or may not have happened."),
        new(8, "BROKER_NOT_AVAILABLE", false, false, false, Appended.Unclear, "A broker needed to serve the request is not alive (mostly an internal/tooling error)."),
        new(9, "REPLICA_NOT_AVAILABLE", true, true, false, Appended.Unclear, "A replica needed to serve the request is unavailable."),
        new(10, "MESSAGE_TOO_LARGE", false, false, false, Appended.No, "The record batch is bigger than the topic/broker max.message.bytes."),
        new(11, "STALE_CONTROLLER_EPOCH", false, false, false, Appended.Unclear, "The controller epoch in an inter-broker request is obsolete."),
        new(12, "OFFSET_METADATA_TOO_LARGE", false, false, false, Appended.Unclear, "Committed offset metadata string exceeds the broker's limit."),
        new(13, "NETWORK_EXCEPTION", true, true, false, Appended.Unclear, "The server saw the connection fail before it could answer; clients also use it locally for a dropped connection."),
        new(14, "COORDINATOR_LOAD_IN_PROGRESS", true, false, false, Appended.Unclear, "The coordinator is still loading its state partition; retry the same coordinator after a backoff."),
        new(15, "COORDINATOR_NOT_AVAILABLE", true, false, false, Appended.Unclear, "The coordinator is not available (internal topic missing/being created, or no leader); look it up again."),
        new(16, "NOT_COORDINATOR", true, false, false, Appended.Unclear, "The contacted broker is not the coordinator for this key; run FindCoordinator again."),
        new(17, "INVALID_TOPIC_EXCEPTION", false, false, false, Appended.No, "Topic name is illegal, or the operation is not allowed on it (e.g. producing to an internal topic)."),
        new(18, "RECORD_LIST_TOO_LARGE", false, false, false, Appended.No, "The batch does not fit in a log segment (segment.bytes)."),
        new(19, "NOT_ENOUGH_REPLICAS", true, false, false, Appended.No, "acks=all and fewer in-sync replicas than min.insync.replicas: nothing was appended."),
        new(20, "NOT_ENOUGH_REPLICAS_AFTER_APPEND", true, false, false, Appended.Unclear, "acks=all: appended to the leader, but the in-sync set shrank below min.insync.replicas afterwards; a retry without idempotence may duplicate."),
        new(21, "INVALID_REQUIRED_ACKS", false, false, false, Appended.No, "acks is not one of 0, 1, -1."),
        new(22, "ILLEGAL_GENERATION", false, false, false, Appended.Unclear, "Consumer group generation in the request is not the current one."),
        new(23, "INCONSISTENT_GROUP_PROTOCOL", false, false, false, Appended.Unclear, "Group member's protocol type/assignors are not compatible with the group's."),
        new(24, "INVALID_GROUP_ID", false, false, false, Appended.Unclear, "Group id is not valid for this operation."),
        new(25, "UNKNOWN_MEMBER_ID", false, false, false, Appended.Unclear, "The coordinator does not know this member id."),
        new(26, "INVALID_SESSION_TIMEOUT", false, false, false, Appended.Unclear, "Session timeout outside the broker's allowed range."),
        new(27, "REBALANCE_IN_PROGRESS", false, false, false, Appended.Unclear, "The group is rebalancing; rejoin."),
        new(28, "INVALID_COMMIT_OFFSET_SIZE", false, false, false, Appended.Unclear, "Offset commit too large to be written."),
        new(29, "TOPIC_AUTHORIZATION_FAILED", false, false, true, Appended.No, "Caller lacks the required permission on the topic."),
        new(30, "GROUP_AUTHORIZATION_FAILED", false, false, true, Appended.Unclear, "Caller lacks the required permission on the consumer group."),
        new(31, "CLUSTER_AUTHORIZATION_FAILED", false, false, true, Appended.No, "Caller lacks a cluster-level permission (for an idempotent producer before 2.8/3.0: IDEMPOTENT_WRITE)."),
        new(32, "INVALID_TIMESTAMP", false, false, false, Appended.No, "A record timestamp is too far from the broker clock, or the producer set the LogAppendTime bit."),
        new(33, "UNSUPPORTED_SASL_MECHANISM", false, false, false, Appended.Unclear, "The requested SASL mechanism is not enabled on this listener; the response lists those that are."),
        new(34, "ILLEGAL_SASL_STATE", false, false, false, Appended.Unclear, "Request not expected in the current SASL state of the connection."),
        new(35, "UNSUPPORTED_VERSION", false, false, false, Appended.No, "API version not supported by the broker (special v0-layout answer for ApiVersions)."),
        new(36, "TOPIC_ALREADY_EXISTS", false, false, false, Appended.Unclear, "CreateTopics: a topic with that name exists."),
        new(37, "INVALID_PARTITIONS", false, false, false, Appended.Unclear, "Invalid number of partitions."),
        new(38, "INVALID_REPLICATION_FACTOR", false, false, false, Appended.Unclear, "Replication factor below 1 or above the number of brokers."),
        new(39, "INVALID_REPLICA_ASSIGNMENT", false, false, false, Appended.Unclear, "Explicit replica assignment is invalid."),
        new(40, "INVALID_CONFIG", false, false, false, Appended.Unclear, "A configuration value or name is invalid."),
        new(41, "NOT_CONTROLLER", true, false, false, Appended.Unclear, "This broker is not the active controller."),
        new(42, "INVALID_REQUEST", false, false, false, Appended.No, "The request is malformed or self-contradictory (e.g. an empty transactional id; also an ApiVersions v3+ request with a bad software name)."),
        new(43, "UNSUPPORTED_FOR_MESSAGE_FORMAT", false, false, false, Appended.No, "The partition's stored message format does not support the requested feature."),
        new(44, "POLICY_VIOLATION", false, false, false, Appended.No, "A broker-side create/alter policy rejected the request."),
        new(45, "OUT_OF_ORDER_SEQUENCE_NUMBER", false, false, false, Appended.No, "Idempotent producer: the batch's base sequence is not last sequence + 1 for its (producer id, epoch, partition)."),
        new(46, "DUPLICATE_SEQUENCE_NUMBER", false, false, false, Appended.Yes, "Idempotent producer: the sequence was already appended and has left the broker's 5-batch duplicate window."),
        new(47, "INVALID_PRODUCER_EPOCH", false, false, false, Appended.No, "Producer epoch is older than the one the broker/coordinator knows."),
        new(48, "INVALID_TXN_STATE", false, false, false, Appended.No, "The transaction is not in a state that allows the operation (e.g. partition not part of the ongoing transaction)."),
        new(49, "INVALID_PRODUCER_ID_MAPPING", false, false, false, Appended.No, "The producer id is not the one currently assigned to this transactional id."),
        new(50, "INVALID_TRANSACTION_TIMEOUT", false, false, false, Appended.Unclear, "Transaction timeout is 0/negative or above the broker's transaction.max.timeout.ms."),
        new(51, "CONCURRENT_TRANSACTIONS", true, false, false, Appended.Unclear, "Another operation of the same transactional id is still completing; retry after a short backoff."),
        new(52, "TRANSACTION_COORDINATOR_FENCED", false, false, false, Appended.Unclear, "A transaction marker came from a superseded transaction coordinator."),
        new(53, "TRANSACTIONAL_ID_AUTHORIZATION_FAILED", false, false, true, Appended.No, "Caller may not use this transactional id."),
        new(54, "SECURITY_DISABLED", false, false, false, Appended.Unclear, "ACL operation on a cluster with no authorizer."),
        new(55, "OPERATION_NOT_ATTEMPTED", false, false, false, Appended.Unclear, "This item was skipped because another item in the same request failed."),
        new(56, "KAFKA_STORAGE_ERROR", true, true, false, Appended.Unclear, "Disk/log-directory failure on the broker; the partition will move."),
        new(57, "LOG_DIR_NOT_FOUND", false, false, false, Appended.Unclear, "The given log directory is not configured on the broker."),
        new(58, "SASL_AUTHENTICATION_FAILED", false, false, false, Appended.Unclear, "SASL authentication was refused (bad credentials, expired token, changed principal on re-authentication)."),
        new(59, "UNKNOWN_PRODUCER_ID", false, false, false, Appended.No, "The broker has no state for this producer id on the partition (records aged out or were deleted); obsolete on brokers >= 2.5 in practice."),
        new(60, "REASSIGNMENT_IN_PROGRESS", false, false, false, Appended.Unclear, "A reassignment for this partition is already running."),
        new(61, "DELEGATION_TOKEN_AUTH_DISABLED", false, false, false, Appended.Unclear, "Delegation tokens are not enabled."),
        new(62, "DELEGATION_TOKEN_NOT_FOUND", false, false, false, Appended.Unclear, "Delegation token does not exist."),
        new(63, "DELEGATION_TOKEN_OWNER_MISMATCH", false, false, false, Appended.Unclear, "Delegation token has a different owner."),
        new(64, "DELEGATION_TOKEN_REQUEST_NOT_ALLOWED", false, false, false, Appended.Unclear, "Delegation token requests are not allowed over this kind of connection."),
        new(65, "DELEGATION_TOKEN_AUTHORIZATION_FAILED", false, false, true, Appended.Unclear, "Delegation token authorization failed."),
        new(66, "DELEGATION_TOKEN_EXPIRED", false, false, false, Appended.Unclear, "Delegation token has expired."),
        new(67, "INVALID_PRINCIPAL_TYPE", false, false, false, Appended.Unclear, "Principal type not supported."),
        new(68, "NON_EMPTY_GROUP", false, false, false, Appended.Unclear, "The consumer group still has members."),
        new(69, "GROUP_ID_NOT_FOUND", false, false, false, Appended.Unclear, "No such group id."),
        new(70, "FETCH_SESSION_ID_NOT_FOUND", true, false, false, Appended.Unclear, "The broker evicted the incremental fetch session; start a full fetch."),
        new(71, "INVALID_FETCH_SESSION_EPOCH", true, false, false, Appended.Unclear, "Fetch session epoch is out of sequence; start a full fetch."),
        new(72, "LISTENER_NOT_FOUND", true, true, false, Appended.Unclear, "The leader has no listener matching the one this request came in on."),
        new(73, "TOPIC_DELETION_DISABLED", false, false, false, Appended.Unclear, "Topic deletion is disabled on the cluster."),
        new(74, "FENCED_LEADER_EPOCH", true, true, false, Appended.Unclear, "The leader epoch sent by the client is older than the broker's: refresh metadata."),
        new(75, "UNKNOWN_LEADER_EPOCH", true, false, false, Appended.Unclear, "The leader epoch sent by the client is newer than the broker's: broker lags, retry."),
        new(76, "UNSUPPORTED_COMPRESSION_TYPE", false, false, false, Appended.No, "The client's/API version cannot carry this compression type (e.g. zstd in Produce < 7 or Fetch < 10)."),
        new(77, "STALE_BROKER_EPOCH", false, false, false, Appended.Unclear, "Broker registration epoch is obsolete (inter-broker)."),
        new(78, "OFFSET_NOT_AVAILABLE", true, false, false, Appended.Unclear, "High watermark not yet known by a new leader; retry."),
        new(79, "MEMBER_ID_REQUIRED", false, false, false, Appended.Unclear, "JoinGroup must be retried with the member id just assigned."),
        new(80, "PREFERRED_LEADER_NOT_AVAILABLE", true, true, false, Appended.Unclear, "The preferred leader is not available for election."),
        new(81, "GROUP_MAX_SIZE_REACHED", false, false, false, Appended.Unclear, "The group is full."),
        new(82, "FENCED_INSTANCE_ID", false, false, false, Appended.Unclear, "Another member with the same group.instance.id has taken over."),
        new(83, "ELIGIBLE_LEADERS_NOT_AVAILABLE", true, true, false, Appended.Unclear, "No eligible leader for the partition(s)."),
        new(84, "ELECTION_NOT_NEEDED", true, true, false, Appended.Unclear, "Election not needed: the wanted leader already leads."),
        new(85, "NO_REASSIGNMENT_IN_PROGRESS", false, false, false, Appended.Unclear, "There is no reassignment to cancel."),
        new(86, "GROUP_SUBSCRIBED_TO_TOPIC", false, false, false, Appended.Unclear, "Cannot delete offsets: the group is subscribed to the topic."),
        new(87, "INVALID_RECORD", false, false, false, Appended.No, "One or more records in the batch were refused by validation (e.g. null key on a compacted topic); details in RecordErrors (Produce v8+)."),
        new(88, "UNSTABLE_OFFSET_COMMIT", true, false, false, Appended.Unclear, "A transactional offset commit is pending; retry reading the offset later."),
        new(89, "THROTTLING_QUOTA_EXCEEDED", true, false, false, Appended.Unclear, "A mutation quota was exceeded; retry after the throttle time."),
        new(90, "PRODUCER_FENCED", false, false, false, Appended.No, "A newer producer instance with the same transactional id has fenced this one."),
        new(91, "RESOURCE_NOT_FOUND", false, false, false, Appended.Unclear, "The named resource does not exist."),
        new(92, "DUPLICATE_RESOURCE", false, false, false, Appended.Unclear, "The named resource already exists / was given twice."),
        new(93, "UNACCEPTABLE_CREDENTIAL", false, false, false, Appended.Unclear, "A SCRAM credential does not meet requirements."),
        new(94, "INCONSISTENT_VOTER_SET", false, false, false, Appended.Unclear, "Raft: sender or recipient is not an expected voter."),
        new(95, "INVALID_UPDATE_VERSION", false, false, false, Appended.Unclear, "Feature update version is invalid."),
        new(96, "FEATURE_UPDATE_FAILED", false, false, false, Appended.Unclear, "Feature update failed unexpectedly on the server."),
        new(97, "PRINCIPAL_DESERIALIZATION_FAILURE", false, false, false, Appended.Unclear, "Forwarded request principal could not be decoded by the controller."),
        new(98, "SNAPSHOT_NOT_FOUND", false, false, false, Appended.Unclear, "Metadata snapshot not found."),
        new(99, "POSITION_OUT_OF_RANGE", false, false, false, Appended.Unclear, "Snapshot position outside the file."),
        new(100, "UNKNOWN_TOPIC_ID", true, true, false, Appended.Unclear, "The topic id is not hosted here (topic deleted/re-created or broker metadata behind); refresh metadata to learn the new id."),
        new(101, "DUPLICATE_BROKER_REGISTRATION", false, false, false, Appended.Unclear, "Broker id already registered by another live broker."),
        new(102, "BROKER_ID_NOT_REGISTERED", false, false, false, Appended.Unclear, "Broker id is not registered."),
        new(103, "INCONSISTENT_TOPIC_ID", true, true, false, Appended.Unclear, "The log's topic id differs from the id in the request."),
        new(104, "INCONSISTENT_CLUSTER_ID", false, false, false, Appended.Unclear, "Cluster id in the request is not this cluster's."),
        new(105, "TRANSACTIONAL_ID_NOT_FOUND", false, false, false, Appended.Unclear, "No such transactional id."),
        new(106, "FETCH_SESSION_TOPIC_ID_ERROR", true, false, false, Appended.Unclear, "Topic-id use is inconsistent with the fetch session."),
        new(107, "INELIGIBLE_REPLICA", false, false, false, Appended.Unclear, "Proposed in-sync set contains an ineligible replica."),
        new(108, "NEW_LEADER_ELECTED", false, false, false, Appended.Unclear, "AlterPartition applied, but the leader changed meanwhile."),
        new(109, "OFFSET_MOVED_TO_TIERED_STORAGE", false, false, false, Appended.Unclear, "The requested offset lives in tiered storage."),
        new(110, "FENCED_MEMBER_EPOCH", false, false, false, Appended.Unclear, "KIP-848: member epoch fenced; rejoin from zero."),
        new(111, "UNRELEASED_INSTANCE_ID", false, false, false, Appended.Unclear, "Static member instance id still in use."),
        new(112, "UNSUPPORTED_ASSIGNOR", false, false, false, Appended.Unclear, "Server-side assignor not supported."),
        new(113, "STALE_MEMBER_EPOCH", false, false, false, Appended.Unclear, "KIP-848: member epoch is stale; retry after the next heartbeat."),
        new(114, "MISMATCHED_ENDPOINT_TYPE", false, false, false, Appended.Unclear, "Request sent to the wrong kind of endpoint (broker vs controller)."),
        new(115, "UNSUPPORTED_ENDPOINT_TYPE", false, false, false, Appended.Unclear, "This endpoint type is not supported."),
        new(116, "UNKNOWN_CONTROLLER_ID", false, false, false, Appended.Unclear, "Unknown controller id."),
        new(117, "UNKNOWN_SUBSCRIPTION_ID", false, false, false, Appended.Unclear, "Telemetry push used an unknown/outdated subscription id; fetch subscriptions again."),
        new(118, "TELEMETRY_TOO_LARGE", false, false, false, Appended.Unclear, "Telemetry payload above the broker's limit."),
        new(119, "INVALID_REGISTRATION", false, false, false, Appended.Unclear, "Controller judged the broker registration invalid."),
        new(120, "TRANSACTION_ABORTABLE", false, false, false, Appended.No, "KIP-890: the transaction cannot continue but may be aborted and the producer kept."),
        new(121, "INVALID_RECORD_STATE", false, false, false, Appended.Unclear, "Share group: record is not in a state that permits this acknowledgement."),
        new(122, "SHARE_SESSION_NOT_FOUND", true, false, false, Appended.Unclear, "Share session not found."),
        new(123, "INVALID_SHARE_SESSION_EPOCH", true, false, false, Appended.Unclear, "Share session epoch invalid."),
        new(124, "FENCED_STATE_EPOCH", false, false, false, Appended.Unclear, "Share-group state epoch does not match (4.4 text generalised to any state epoch)."),
        new(125, "INVALID_VOTER_KEY", false, false, false, Appended.Unclear, "Voter key does not match."),
        new(126, "DUPLICATE_VOTER", false, false, false, Appended.Unclear, "Voter already present."),
        new(127, "VOTER_NOT_FOUND", false, false, false, Appended.Unclear, "Voter not found."),
        new(128, "INVALID_REGULAR_EXPRESSION", false, false, false, Appended.Unclear, "Regular expression is invalid."),
        new(129, "REBOOTSTRAP_REQUIRED", false, false, false, Appended.Unclear, "KIP-1102: the client's view of the cluster is unusable; drop known brokers and bootstrap again."),
        new(130, "STREAMS_INVALID_TOPOLOGY", false, false, false, Appended.Unclear, "Streams group: topology invalid."),
        new(131, "STREAMS_INVALID_TOPOLOGY_EPOCH", false, false, false, Appended.Unclear, "Streams group: topology epoch invalid."),
        new(132, "STREAMS_TOPOLOGY_FENCED", false, false, false, Appended.Unclear, "Streams group: topology epoch outdated."),
        new(133, "SHARE_SESSION_LIMIT_REACHED", true, false, false, Appended.Unclear, "Broker's share-session limit reached."),
        new(134, "GROUP_DELETION_FAILED", false, false, false, Appended.Unclear, "Group deletion failed (Kafka 4.4, KIP-1331)."),
        new(135, "STREAMS_TOPOLOGY_DESCRIPTION_UPDATE_FAILED", false, false, false, Appended.Unclear, "Streams topology description update failed (Kafka 4.4, KIP-1331)."),
        new(136, "CONTROLLER_ID_NOT_REGISTERED", false, false, false, Appended.Unclear, "Controller id is not registered (Kafka 4.4)."),
    ];

    /// <summary>All known codes, ascending.</summary>
    public static ReadOnlySpan<ErrorInfo> All => Table;

    /// <summary>
    /// What is known about a code. A code newer than this table is treated as UNKNOWN_SERVER_ERROR: not retriable, nothing proven.
    /// </summary>
    public static ref readonly ErrorInfo Get(short code)
    {
        var index = code + 1;
        if ((uint)index < (uint)Table.Length)
        {
            return ref Table[index];
        }

        return ref Unknown(code)[0];
    }

    // Rare enough to be made each time; a cache would grow with whatever a peer sends.
    private static ErrorInfo[] Unknown(short code) => [Table[0] with { Code = code, Name = $"UNKNOWN_CODE_{code}" }];
}

/// <summary>What is known about one of Kafka's error codes.</summary>
/// <param name="Code">The code on the wire.</param>
/// <param name="Name">Kafka's name of it.</param>
/// <param name="Retriable">Whether the same request may succeed later.</param>
/// <param name="InvalidMetadata">Whether it says that our metadata is out of date.</param>
/// <param name="Authorization">Whether a permission is missing.</param>
/// <param name="Appended">What it proves in a Produce answer.</param>
/// <param name="Description">What it means, and what to do.</param>
internal readonly record struct ErrorInfo(short Code, string Name, bool Retriable, bool InvalidMetadata, bool Authorization, Appended Appended, string Description);

/// <summary>What a Produce answer's code proves about that attempt's records.</summary>
internal enum Appended
{
    /// <summary>Nothing: they may be on the log.</summary>
    Unclear,

    /// <summary>They are on the log.</summary>
    Yes,

    /// <summary>They were refused before the append.</summary>
    No,
}

/// <summary>The codes that some code of ours tells apart by name; what they mean stands in the table.</summary>
internal static class ErrorCodes
{
    public const short None = 0;
    public const short CorruptMessage = 2;
    public const short UnknownTopicOrPartition = 3;
    public const short MessageTooLarge = 10;
    public const short UnsupportedCompressionType = 76;
    public const short NetworkException = 13;
    public const short InvalidTopic = 17;
    public const short TopicAuthorizationFailed = 29;
    public const short UnsupportedSaslMechanism = 33;
    public const short IllegalSaslState = 34;
    public const short UnsupportedVersion = 35;
    public const short InvalidRequest = 42;
    public const short OutOfOrderSequenceNumber = 45;
    public const short DuplicateSequenceNumber = 46;
    public const short InvalidProducerEpoch = 47;
    public const short TransactionalIdAuthorizationFailed = 53;
    public const short SaslAuthenticationFailed = 58;
    public const short UnknownProducerId = 59;
    public const short InvalidRecord = 87;
    public const short ProducerFenced = 90;
    public const short UnknownTopicId = 100;
    public const short UnknownSubscriptionId = 117;
    public const short TelemetryTooLarge = 118;
    public const short RebootstrapRequired = 129;
}

/// <summary>What a topic's error code in a metadata answer means.</summary>
internal static class TopicErrors
{
    /// <summary>
    /// The brokers deny that the topic exists, or to us: what was known of it is void. Other errors say nothing about it.
    /// </summary>
    public static bool EndsTopic(short code) =>
        code is ErrorCodes.UnknownTopicOrPartition or ErrorCodes.InvalidTopic or ErrorCodes.TopicAuthorizationFailed or ErrorCodes.UnknownTopicId;

    /// <summary>May be over by itself soon, so ask again.</summary>
    public static bool MayPass(short code) => code != 0 && (ErrorTable.Get(code).Retriable || ErrorTable.Get(code).InvalidMetadata);
}
