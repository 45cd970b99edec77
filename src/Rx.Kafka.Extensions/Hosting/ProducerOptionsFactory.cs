using Microsoft.Extensions.Options;

namespace Rx.Kafka.Hosting;

/// <summary>
/// Makes a producer's options: its section, the callbacks of its registrations, then what Configure and PostConfigure of the platform's
/// options add. All that is wrong with them is one exception, which the host's start gathers for all producers.
/// </summary>
internal sealed class ProducerOptionsFactory(
    IServiceProvider services,
    IEnumerable<ProducerRegistration> registrations,
    IEnumerable<IConfigureOptions<KafkaProducerOptions>> configures,
    IEnumerable<IPostConfigureOptions<KafkaProducerOptions>> postConfigures,
    IEnumerable<IValidateOptions<KafkaProducerOptions>> validations) : IOptionsFactory<KafkaProducerOptions>
{
    public KafkaProducerOptions Create(string name)
    {
        KafkaProducerOptions options;
        try
        {
            options = Make(name);
            options.Validate();
        }
        catch (ArgumentException e)
        {
            throw Invalid(name, [.. Misplaced(name), $"{Who(name)}: {e.Message}"]);
        }

        var faults = validations
            .Select(validation => validation.Validate(name, options))
            .Where(static result => result.Failed)
            .SelectMany(static result => result.Failures ?? [])
            .ToList();
        return faults.Count == 0 ? options : throw Invalid(name, faults);
    }

    private static OptionsValidationException Invalid(string name, IEnumerable<string> faults) =>
        new(name, typeof(KafkaProducerOptions), faults);

    private static string Who(string name) => name.Length == 0
        ? $"The Kafka producer (section {ProducerSections.DefaultOf(name)} unless another was named)"
        : $"Kafka producer '{name}' (section {ProducerSections.DefaultOf(name)} unless another was named)";

    /// <summary>Where no section was named and the default one is missing: whether its options stand beside it.</summary>
    private IEnumerable<string> Misplaced(string name) =>
        !registrations.Any(registration => registration.Name == name && registration.Read is not null)
        && ProducerSections.Misplaced(services, ProducerSections.DefaultOf(name)) is { } fault ? [fault] : [];

    private KafkaProducerOptions Make(string name)
    {
        var ours = registrations.Where(registration => registration.Name == name).ToList();
        var options = ours.LastOrDefault(static registration => registration.Read is not null) is { } last
            ? last.Read!(services)
            : ProducerSections.ReadIfThere(services, ProducerSections.DefaultOf(name));
        foreach (var configure in ours.Select(static registration => registration.Configure))
        {
            options = configure is null ? options : configure(services, options) ?? throw new InvalidOperationException(
                $"{Who(name)}: the callback returned null; return the options it was given, or a copy of them.");
        }

        foreach (var configure in configures)
        {
            if (configure is IConfigureNamedOptions<KafkaProducerOptions> named)
            {
                named.Configure(name, options);
            }
            else if (name.Length == 0)
            {
                configure.Configure(options);
            }
        }

        foreach (var postConfigure in postConfigures)
        {
            postConfigure.PostConfigure(name, options);
        }

        return options;
    }
}
