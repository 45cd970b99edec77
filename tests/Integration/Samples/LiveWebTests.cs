using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using PuppeteerSharp;

namespace Rx.Kafka.Integration.Samples;

/// <summary>The sample web application as its users see it: a process of its own, asked over HTTP, looked at in a browser.</summary>
public sealed class LiveWebTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task An_order_gets_its_place_on_the_log_and_the_page_metrics_and_health_tell_of_it()
    {
        using var web = await Web.StartAsync();
        var answer = await web.Http.PostAsJsonAsync("/orders/now", new { product = "tea", quantity = 1, price = 2.5 });
        var receipt = await answer.Content.ReadFromJsonAsync<JsonElement>();

        Assert.Equal(0, receipt.GetProperty("offset").GetInt64());
        Assert.Equal("Healthy", await web.Http.GetStringAsync("/health"));
        Assert.Contains("messaging_client_sent_messages_total{", await web.Http.GetStringAsync("/metrics"), StringComparison.Ordinal);
        Assert.Contains("<canvas", await web.Http.GetStringAsync("/"), StringComparison.Ordinal);
        using var live = new StreamReader(await web.Http.GetStreamAsync("/live"));
        Assert.StartsWith("data: {\"acknowledged\":", await live.ReadLineAsync(), StringComparison.Ordinal);
    }

    [BrowserFact]
    public async Task In_a_browser_acks_and_gates_move()
    {
        using var web = await Web.StartAsync();
        await using var browser = await Puppeteer.LaunchAsync(new LaunchOptions
        {
            ExecutablePath = BrowserFactAttribute.Path,
            Headless = true,
            Timeout = (int)Patience.TotalMilliseconds,
            Args = ["--no-sandbox", "--disable-gpu"],
        });
        await using var page = await browser.NewPageAsync();
        page.DefaultTimeout = page.DefaultNavigationTimeout = (int)Patience.TotalMilliseconds;
        await page.GoToAsync(web.Http.BaseAddress!.ToString(), WaitUntilNavigation.DOMContentLoaded);
        await page.ClickAsync("button");
        await Until(page, "document.getElementById('said').textContent.startsWith('orders[')");
        await page.EvaluateExpressionAsync("fetch('/rate/500', { method: 'POST' })");
        await Until(page, "Number(document.getElementById('acknowledged').textContent.replaceAll(',', '')) > 500");
        await Until(page, "document.querySelectorAll('#brokers').length === 1 && document.getElementById('brokers').textContent.includes('●')");
        Assert.Equal("0", await page.EvaluateExpressionAsync<string>("document.getElementById('failed').textContent"));
    }

    private static async Task Until(IPage page, string holds) => await page.WaitForExpressionAsync(holds);

    /// <summary>The application, at a port of the system's choice.</summary>
    private sealed class Web : IDisposable
    {
        private readonly Process _process;

        private Web(Process process, Uri address) => (_process, Http) = (process, new HttpClient { BaseAddress = address, Timeout = Patience });

        public HttpClient Http { get; }

        public static async Task<Web> StartAsync()
        {
            const string Listening = "Now listening on: ";
            var start = new ProcessStartInfo(
                Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet",
                [Path.Combine(AppContext.BaseDirectory, "LiveWeb.dll"), "--urls", "http://127.0.0.1:0"])
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
            };
            var process = Process.Start(start) ?? throw new InvalidOperationException("The sample did not start.");
            try
            {
                using var deadline = new CancellationTokenSource(Patience);
                while (await process.StandardOutput.ReadLineAsync(deadline.Token) is { } line)
                {
                    if (line.IndexOf(Listening, StringComparison.Ordinal) is var at and >= 0)
                    {
                        // What it says after that must not fill the pipe.
                        _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
                        return new Web(process, new Uri(line[(at + Listening.Length)..]));
                    }
                }

                throw new InvalidOperationException("The sample ended before it listened.");
            }
            catch
            {
                process.Kill(entireProcessTree: true);
                throw;
            }
        }

        public void Dispose()
        {
            Http.Dispose();
            _process.Kill(entireProcessTree: true);
            _process.Dispose();
        }
    }
}

/// <summary>A test that needs a browser; skipped, with the reason, where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class BrowserFactAttribute : FactAttribute
{
    public BrowserFactAttribute() => Skip = Path is null ? "needs chromium on the PATH" : null;

    public static string? Path { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(System.IO.Path.PathSeparator)
        .SelectMany(static folder => new[] { "chromium", "chromium-browser", "google-chrome" }.Select(name => System.IO.Path.Combine(folder, name)))
        .FirstOrDefault(File.Exists);
}
