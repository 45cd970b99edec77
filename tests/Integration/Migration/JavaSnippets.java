// What docs/migrating-from-java.md shows of the Java client; compiled where there is a Java compiler and Kafka's own jar.
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.producer.*;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.serialization.StringSerializer;

class JavaSnippets {
    static void create(Properties properties) {
        // snippet: java-create
        Producer<String, String> producer = new KafkaProducer<>(properties, new StringSerializer(), new StringSerializer());
        // end
    }

    static void await(Producer<String, String> producer) throws Exception {
        // snippet: java-await
        RecordMetadata metadata = producer.send(new ProducerRecord<>("orders", "id", "order")).get();
        System.out.println(metadata.topic() + "[" + metadata.partition() + "] offset " + metadata.offset());
        // end
    }

    static void failure(Producer<String, String> producer) throws Exception {
        // snippet: java-failure
        try {
            producer.send(new ProducerRecord<>("orders", "id", "order")).get();
        } catch (java.util.concurrent.ExecutionException e) {
            boolean worthwhile = e.getCause() instanceof RetriableException; // whether it is on the log, nobody says
        }
        // end
    }

    static void callback(Producer<String, String> producer) {
        // snippet: java-callback
        producer.send(new ProducerRecord<>("orders", "order"), (metadata, exception) -> {
            System.err.println(exception != null ? exception.getMessage() : "offset " + metadata.offset());
        });
        // end
    }

    static void details(Producer<String, String> producer) throws Exception {
        // snippet: java-details
        ProducerRecord<String, String> record = new ProducerRecord<>("orders", 0, 0L, "id", (String) null); // a tombstone
        record.headers().add("trace", "abc".getBytes());
        producer.send(record).get();
        // end
    }

    static void end(Producer<String, String> producer) {
        // snippet: java-end
        producer.flush();
        producer.close(Duration.ofSeconds(30));
        // end
    }

    static void partitions(Producer<String, String> producer) {
        // snippet: java-partitions
        List<PartitionInfo> partitions = producer.partitionsFor("orders");
        // end
    }

    // snippet: java-partitioner
    public static class ByLength implements Partitioner {
        public int partition(String topic, Object key, byte[] keyBytes, Object value, byte[] valueBytes, Cluster cluster) {
            return keyBytes == null ? 0 : keyBytes.length % cluster.partitionCountForTopic(topic);
        }

        public void configure(Map<String, ?> configs) { }

        public void close() { }
    }
    // end

    // snippet: java-interceptor
    public static class Audit implements ProducerInterceptor<String, String> {
        public ProducerRecord<String, String> onSend(ProducerRecord<String, String> record) {
            record.headers().add("sent-by", "billing".getBytes());
            return record;
        }

        public void onAcknowledgement(RecordMetadata metadata, Exception exception) {
            System.out.println(exception == null ? metadata : exception);
        }

        public void configure(Map<String, ?> configs) { }

        public void close() { }
    }
    // end
}
