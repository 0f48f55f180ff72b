using AudienceSync.Shop.Sending;
using AudienceSync.Shop.Simulation;

namespace AudienceSync.Shop.Running;

/// <summary>The parts of one play, created once the stage is running.</summary>
internal sealed class PlaySession : IDisposable
{
    private readonly HttpMessageInvoker _http;

    /// <param name="start">The time at which the engine is ready and the play begins.</param>
    public PlaySession(RunOptions options, int seed, StageSettings settings, SenderKeys keys, DateTimeOffset start, TimeProvider time)
    {
        Play = ShopSimulation.Draw(seed, start, options.Webhooks);
        Start = start;
        _http = new HttpMessageInvoker(
            new SocketsHttpHandler
            {
                MaxConnectionsPerServer = options.Connections,
                ConnectTimeout = TimeSpan.FromSeconds(2),
                Expect100ContinueTimeout = TimeSpan.FromSeconds(3),
                UseProxy = false,
                UseCookies = false,
            }
        );
        var writer = new RequestWriter(new Uri(settings.Api, "/v1/webhooks/audience"), keys, time);
        Sender = new WebhookSender(_http, writer, RetryRules.Default, time);
        Runner = new DeliveryRunner(Sender, Tally, time);
    }

    public Play Play { get; }

    public DateTimeOffset Start { get; }

    public Tally Tally { get; } = new();

    public WebhookSender Sender { get; }

    public DeliveryRunner Runner { get; }

    public void Dispose() => _http.Dispose();
}
