namespace AudienceSync.Bench.Load;

/// <summary>The input of the load process, as one JSON line on its standard input (token and key must not be in argv).</summary>
/// <param name="Address">IPv4 address and port of the server, "127.0.0.1:5400".</param>
/// <param name="SigningKey">The text whose UTF-8 bytes are the HMAC key.</param>
/// <param name="Run">Part of every event id, so that event ids of two runs against one log do not collide.</param>
/// <param name="NewPeople">Of a hundred webhooks, how many are about a new person; the others are about a person of an earlier
/// webhook.</param>
internal sealed record LoadPlan(
    string Address,
    string Token,
    string SigningKey,
    string Run,
    int Connections,
    int NewPeople,
    int Seconds,
    int WarmUpSeconds,
    int Seed
)
{
    /// <summary>More than one sends batches.</summary>
    public int EventsPerRequest { get; init; } = 1;

    /// <summary>The number of the first person: people from here on are new to a log that an earlier load wrote.</summary>
    public int FirstPerson { get; init; }
}

/// <summary>The result of the load process, as the last JSON line of its standard output.</summary>
/// <param name="Accepted">Events answered 2xx (of a batch: 200, which means all of them), warm-up included; each event counts once however
/// often it was sent.</param>
/// <param name="Unanswered">Events that were sent and had no final response when the load gave up: in the log or not.</param>
/// <param name="Measured2xx">Events answered 2xx inside the measured window of <paramref name="MeasuredSeconds"/>.</param>
/// <param name="CpuMicros">Processor time of the load process inside the window.</param>
/// <param name="P50Ms">Latencies of all responses inside the window, from the first attempt to send the event; null when there were
/// none.</param>
/// <param name="Statuses">Responses by HTTP status, warm-up and retries included.</param>
internal sealed record LoadOutcome(
    long Accepted,
    long Unanswered,
    long Drops,
    long Measured2xx,
    double MeasuredSeconds,
    double CpuMicros,
    long AllocatedBytes,
    long BodyBytes,
    double? P50Ms,
    double? P90Ms,
    double? P99Ms,
    double? P999Ms,
    double? MaxMs,
    SortedDictionary<int, long> Statuses
)
{
    public double PerSecond => Measured2xx / MeasuredSeconds;
}
