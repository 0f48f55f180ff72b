using AudienceSync.Host.EventStore;

namespace AudienceSync.Host.People.Erasure;

/// <summary>
/// Indexes older quarantined bodies in the background, slowly, because webhooks go first. When none is left it polls once a minute, because
/// a Host of the previous version may still write some. <b>Failures</b> end a page; the page is retried.
/// </summary>
public sealed class QuarantineIndexLoop(QuarantineIndexStore index, TimeProvider clock, ILogger<ErasureLoop> logger)
{
    /// <summary>With pages of 50 at most 1,000 a second.</summary>
    private static readonly TimeSpan BetweenPages = TimeSpan.FromMilliseconds(50);

    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(1);

    public Task RunAsync(CancellationToken cancellationToken) =>
        new RetryLoop("Quarantine index", clock, logger).RunAsync(
            async token => await index.FillAsync(token) > 0 ? BetweenPages : Idle,
            cancellationToken
        );
}
