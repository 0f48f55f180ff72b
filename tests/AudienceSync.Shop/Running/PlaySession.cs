using AudienceSync.Shop.Decisions;
using AudienceSync.Shop.Outcomes;
using AudienceSync.Shop.Sending;
using AudienceSync.Shop.Simulation;

namespace AudienceSync.Shop.Running;

/// <summary>The parts of one play, created once the stage is running.</summary>
internal sealed class PlaySession : IDisposable
{
    // Of the reporting stream, and of decisions.
    private const int OtherConnections = 2;

    private readonly HttpMessageInvoker _http;

    /// <param name="start">The time at which the engine is ready and the play begins.</param>
    public PlaySession(RunOptions options, int seed, StageSettings settings, StageSecrets secrets, DateTimeOffset start, TimeProvider time)
    {
        Play = ShopSimulation.Draw(seed, start, options.Webhooks);
        Start = start;
        _http = new HttpMessageInvoker(
            new SocketsHttpHandler
            {
                MaxConnectionsPerServer = options.Connections + OtherConnections,
                ConnectTimeout = TimeSpan.FromSeconds(2),
                Expect100ContinueTimeout = TimeSpan.FromSeconds(3),
                UseProxy = false,
                UseCookies = false,
            }
        );
        var writer = new RequestWriter(new Uri(settings.Api, "/v1/webhooks/audience"), secrets.Sender, time);
        Sender = new WebhookSender(_http, writer, RetryRules.Default, time);
        Runner = new DeliveryRunner(Sender, Tally, InFlight, time);
        Reporting = new ReportingStream(
            _http,
            new Uri(settings.Api, "/v1/webhooks/customerio/reporting"),
            secrets.ReportingKey,
            RetryRules.Default,
            InFlight,
            Outcomes,
            time
        );
        var decisions = new DecisionApi(_http, new Uri(settings.Api, "/v1/decisions"), secrets.Sender, time);
        Sampler = new DecisionSampler(decisions, Play, Tally, Outcomes, InFlight, seed, time);
    }

    public Play Play { get; }

    public DateTimeOffset Start { get; }

    public Tally Tally { get; } = new();

    /// <summary>What was answered on the reporting stream.</summary>
    public OutcomeTally Outcomes { get; } = new();

    public InFlight InFlight { get; } = new();

    public ReportingStream Reporting { get; }

    public DecisionSampler Sampler { get; }

    public WebhookSender Sender { get; }

    public DeliveryRunner Runner { get; }

    public void Dispose() => _http.Dispose();
}
