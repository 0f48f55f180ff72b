namespace AudienceSync.Connectors.CustomerIo;

/// <summary>The sizes and rates of the Track API (contracts/customerio.md 4 and 6.1), and how calls are retried (4.4).</summary>
public static class CustomerIoLimits
{
    public static readonly Uri UsHost = new("https://track.customer.io");

    public static readonly Uri EuHost = new("https://track-eu.customer.io");

    /// <summary>A batch, with its frame: 500 kB, of which the smaller reading is taken.</summary>
    public const int BatchBytes = 500_000;

    /// <summary>An item of a batch: 32 kB, of which the smaller reading is taken.</summary>
    public const int ItemBytes = 32_000;

    /// <summary>An identifier of a person, in UTF-8.</summary>
    public const int IdentifierBytes = 150;

    /// <summary>The value of an attribute, in UTF-8.</summary>
    public const int ValueBytes = 1_000;

    /// <summary>Below the 100 requests a second that some sources name, and far below the 1,000 of the specification.</summary>
    public const int DefaultRequestsPerSecond = 90;

    public const int MaxRequestsPerSecond = 1_000;

    /// <summary>Outcomes of steps have a rate of their own: each is a request.</summary>
    public const int StepMetricsPerSecond = 10;

    /// <summary>The wait for one response.</summary>
    public static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(10);

    /// <summary>All attempts of a call together.</summary>
    public static readonly TimeSpan CallBudget = TimeSpan.FromSeconds(30);

    /// <summary>Attempts after the first one.</summary>
    public const int Retries = 3;

    /// <summary>The first wait before a retry, at its shortest.</summary>
    public static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(200);

    /// <summary>The longest wait before a retry within a call.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    /// <summary>The longest Retry-After that is honored; a longer one is cut.</summary>
    public static readonly TimeSpan LongestRetryAfter = TimeSpan.FromSeconds(300);
}
