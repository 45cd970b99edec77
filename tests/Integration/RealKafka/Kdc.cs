using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using static System.FormattableString;

namespace Rx.Kafka.Integration.RealKafka;

/// <summary>A key distribution centre of a realm of its own, with one broker and one client, in a directory of its own.</summary>
internal sealed class Kdc : IAsyncDisposable
{
    public const string Realm = "EXAMPLE.TEST";
    public const string Broker = "kafka/127.0.0.1";
    public const string Client = "client";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly string _directory = Directory.CreateTempSubdirectory("rx-kafka-kdc-").FullName;

    /// <summary>Whether its programs are on this machine (Debian: krb5-kdc, krb5-admin-server), and the library that clients need.</summary>
    public static bool IsInstalled { get; } = new[] { "krb5kdc", "kdb5_util", "kadmin.local" }.All(static program => PathOf(program) is not null);

    /// <summary>The realm's configuration, for the JVM and for the system's library.</summary>
    public string Configuration => Path.Combine(_directory, "krb5.conf");

    public string BrokerKeytab => Path.Combine(_directory, "broker.keytab");

    public string ClientKeytab => Path.Combine(_directory, "client.keytab");

    /// <summary>A configuration of the realm that names another place.</summary>
    public async Task<string> ElsewhereAsync(int port)
    {
        var file = Path.Combine(_directory, Invariant($"krb5-{port}.conf"));
        await WriteAsync(file, port);
        return file;
    }

    public async Task StartAsync()
    {
        var port = FreePort();
        await WriteAsync(Configuration, port);
        await File.WriteAllTextAsync(Path.Combine(_directory, "kdc.conf"), Invariant($"""
            [kdcdefaults]
             kdc_listen = 127.0.0.1:{port}
             kdc_tcp_listen = 127.0.0.1:{port}
            [realms]
             {Realm} = {"{"}
              database_name = {_directory}/principal
              key_stash_file = {_directory}/stash
             {"}"}
            [logging]
             kdc = FILE:{_directory}/kdc.log

            """));
        await RunAsync("kdb5_util", "create", "-s", "-r", Realm, "-P", "of these tests");
        foreach (var (principal, keytab) in new[] { (Broker, BrokerKeytab), (Client, ClientKeytab) })
        {
            await RunAsync("kadmin.local", "-q", $"addprinc -randkey {principal}");
            await RunAsync("kadmin.local", "-q", $"ktadd -k {keytab} {principal}");
        }

        // It goes on in the background when it listens.
        await RunAsync("krb5kdc", "-P", PidFile);
    }

    public async ValueTask DisposeAsync()
    {
        if (File.Exists(PidFile))
        {
            using var process = Process.GetProcessById(int.Parse(await File.ReadAllTextAsync(PidFile), CultureInfo.InvariantCulture));
            process.Kill();
        }

        Directory.Delete(_directory, recursive: true);
    }

    private string PidFile => Path.Combine(_directory, "pid");

    private Dictionary<string, string> Variables => new(StringComparer.Ordinal)
    {
        ["KRB5_CONFIG"] = Configuration,
        ["KRB5_KDC_PROFILE"] = Path.Combine(_directory, "kdc.conf"),
    };

    private static string? PathOf(string program) => new[] { "/usr/sbin", "/usr/local/sbin", "/usr/bin" }
        .Select(folder => Path.Combine(folder, program))
        .FirstOrDefault(File.Exists);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static Task WriteAsync(string file, int port) => File.WriteAllTextAsync(file, Invariant($"""
        [libdefaults]
         default_realm = {Realm}
         dns_lookup_kdc = false
         dns_lookup_realm = false
         dns_canonicalize_hostname = false
         rdns = false
         udp_preference_limit = 1
        [realms]
         {Realm} = {"{"}
          kdc = 127.0.0.1:{port}
         {"}"}

        """));

    private async Task RunAsync(string program, params string[] arguments)
    {
        var run = await Command.RunAsync(PathOf(program)!, arguments, Patience, variables: Variables);
        Assert.True(run.ExitCode == 0, $"{program}: {run.Output}{run.Errors}");
    }
}
