namespace AudienceSync.Host.Serving;

/// <summary>The limits of a connection before its client is known. docs/LIMITS.md lists them; a test compares.</summary>
public static class ConnectionLimits
{
    /// <summary>Open connections of one listener. The health listener counts its own.</summary>
    public const int Connections = 10_000;

    /// <summary>
    /// Seconds to the first byte of a connection's first request, and from a request's first byte to the end of its headers.
    /// </summary>
    public const int FirstRequestS = 5;

    public static TimeSpan FirstRequest => TimeSpan.FromSeconds(FirstRequestS);
}
