namespace AudienceSync.Connectors.Http;

/// <summary>How we go on the network: straight to the platform that was configured, and nowhere it might send us.</summary>
public static class PlatformHttp
{
    public static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    /// <summary>A platform that moves to other addresses is followed within this time.</summary>
    public static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(5);

    /// <summary>Response headers, all together.</summary>
    public const int MaxResponseHeadersKiB = 64;

    /// <summary>One handler serves every destination of a process; it pools the connections.</summary>
    public static SocketsHttpHandler CreateHandler() => new()
    {
        // A redirect would carry our token to another host, a proxy of the environment would see it.
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        ConnectTimeout = ConnectTimeout,
        PooledConnectionLifetime = ConnectionLifetime,
        MaxResponseHeadersLength = MaxResponseHeadersKiB,
    };

    /// <summary>A client of one destination. Its calls are timed by <see cref="CallPipeline"/>, not by the client.</summary>
    public static HttpClient CreateClient(HttpMessageHandler network, Uri baseUrl)
        => new(network, disposeHandler: false) { BaseAddress = baseUrl, Timeout = Timeout.InfiniteTimeSpan };
}
