import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.common.metrics.KafkaMetric;
import org.apache.kafka.common.metrics.MetricsReporter;
import org.apache.kafka.server.telemetry.ClientTelemetryContext;
import org.apache.kafka.server.telemetry.ClientTelemetryExporter;
import org.apache.kafka.server.telemetry.ClientTelemetryExporterProvider;
import org.apache.kafka.server.telemetry.ClientTelemetryPayload;
import org.apache.kafka.shaded.io.opentelemetry.proto.common.v1.KeyValue;
import org.apache.kafka.shaded.io.opentelemetry.proto.metrics.v1.Metric;
import org.apache.kafka.shaded.io.opentelemetry.proto.metrics.v1.MetricsData;
import org.apache.kafka.shaded.io.opentelemetry.proto.metrics.v1.NumberDataPoint;

/**
 * A broker's plug-in that takes metrics of clients. It decodes them with Kafka's own classes and writes one line for each number to the
 * file of the system property rx.telemetry: client instance, terminating, name, kind, labels, value, separated by tabs. It is an agent
 * as well, so that one option of the machine puts it on the class path.
 */
public final class TelemetryReporter implements MetricsReporter, ClientTelemetryExporterProvider, ClientTelemetryExporter {
    public static void premain(String arguments) {
    }

    @Override
    public ClientTelemetryExporter clientTelemetryExporter() {
        return this;
    }

    @Override
    public void exportMetrics(ClientTelemetryContext context, ClientTelemetryPayload payload) {
        try {
            StringBuilder lines = new StringBuilder();
            String head = payload.clientInstanceId() + "\t" + payload.isTerminating() + "\t";
            for (var resource : MetricsData.parseFrom(payload.data()).getResourceMetricsList()) {
                for (var scope : resource.getScopeMetricsList()) {
                    for (Metric metric : scope.getMetricsList()) {
                        boolean isSum = metric.hasSum();
                        String kind = isSum ? metric.getSum().getAggregationTemporality().name() : metric.getDataCase().name();
                        for (NumberDataPoint point : isSum ? metric.getSum().getDataPointsList() : metric.getGauge().getDataPointsList()) {
                            lines.append(head).append(metric.getName()).append('\t').append(kind).append('\t')
                                .append(labels(resource.getResource().getAttributesList())).append(labels(point.getAttributesList())).append('\t')
                                .append(String.format(Locale.ROOT, "%.6f", point.getAsDouble())).append('\n');
                        }
                    }
                }
            }

            Files.write(Path.of(System.getProperty("rx.telemetry")), lines.toString().getBytes(StandardCharsets.UTF_8), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String labels(List<KeyValue> attributes) {
        return attributes.stream().map(pair -> pair.getKey() + "=" + pair.getValue().getStringValue() + ";").collect(Collectors.joining());
    }

    @Override
    public void init(List<KafkaMetric> metrics) {
    }

    @Override
    public void metricChange(KafkaMetric metric) {
    }

    @Override
    public void metricRemoval(KafkaMetric metric) {
    }

    @Override
    public void configure(Map<String, ?> configs) {
    }

    @Override
    public void close() {
    }
}
