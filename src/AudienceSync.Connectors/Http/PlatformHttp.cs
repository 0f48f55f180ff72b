using Refit;

namespace AudienceSync.Connectors.Http;

/// <summary>How we connect: directly to the configured platform, without following its redirects.</summary>
public static class PlatformHttp
{
    public static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Within this time, connections move to new addresses of a platform.</summary>
    public static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(5);

    /// <summary>Response headers, all together.</summary>
    public const int MaxResponseHeadersKiB = 64;

    // The failure as it happened: the pipeline decides by its kind what to do.
    private static readonly RefitSettings Settings = new() { TransportExceptionFactory = static (_, failure, _) => failure };

    /// <summary>One handler serves every destination of a process; it pools the connections.</summary>
    public static SocketsHttpHandler CreateHandler() =>
        new()
        {
            // A redirect would send our token to another host, and a proxy from the environment would see it.
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            ActivityHeadersPropagator = null, // Our trace ids are nobody else's business.
            ConnectTimeout = ConnectTimeout,
            PooledConnectionLifetime = ConnectionLifetime,
            MaxResponseHeadersLength = MaxResponseHeadersKiB,
        };

    /// <summary>
    /// A client of one destination. The timeout of its calls is enforced by <see cref="CallPipeline"/>, not by the client.
    /// </summary>
    public static HttpClient CreateClient(HttpMessageHandler network, Uri baseUrl) =>
        new(new NoEmptyBody(new ExchangeTap(network)), disposeHandler: false) { BaseAddress = baseUrl, Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>An interface of a platform whose calls go through a client.</summary>
    internal static T CreateApi<T>(HttpClient client)
        where T : class => RestService.ForGenerated<T>(client, Settings);
}
