namespace AudienceSync.Host.Tests.Alerts;

/// <summary>
/// Lets calls of a service through and keeps their answers, as many as wanted: the caller never learns that they arrived.
/// </summary>
internal sealed class HoldingNetwork(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private int _held;

    /// <summary>A part of the path of the calls whose answers are kept.</summary>
    public string Path { get; set; } = "/slack/";

    /// <summary>How many answers are still kept.</summary>
    public int Holds { get; set; }

    /// <summary>How many were.</summary>
    public int Held => Volatile.Read(ref _held);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var answer = await base.SendAsync(request, cancellationToken);
        if (Holds > 0 && request.RequestUri!.AbsolutePath.Contains(Path, StringComparison.Ordinal))
        {
            Holds--;
            Interlocked.Increment(ref _held);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        }

        return answer;
    }
}
