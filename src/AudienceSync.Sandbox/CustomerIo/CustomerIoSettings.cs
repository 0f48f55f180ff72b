namespace AudienceSync.Sandbox.CustomerIo;

/// <summary>
/// Settings of a workspace of the simulated Customer.io in addition to its site id and API key; every field has a default.
/// </summary>
public sealed record CustomerIoSettings
{
    /// <summary>
    /// <c>us</c> or <c>eu</c>. A workspace in the US is unknown to the EU host; the other direction works (contract customerio 4.1).
    /// </summary>
    public string Region { get; init; } = Us;

    /// <summary>The environment id that <c>accounts/region</c> returns.</summary>
    public int EnvironmentId { get; init; } = 1;

    /// <summary>Whether the workspace identifies people by phone as well (contract 6.1.5).</summary>
    public bool PhoneIdentifier { get; init; }

    /// <summary>Whether an event for an unknown person creates the person. The contract does not verify it (6.1.4).</summary>
    public bool EventsCreatePeople { get; init; } = true;

    /// <summary>Requests per second; the contract has 1,000, not strictly enforced, and 100 (4.3).</summary>
    public int RequestsPerSecond { get; init; } = 1_000;

    /// <summary>
    /// Whether a request over the limit is answered with 200 and dropped. There is no 429 in this API (contract 6.1.11). False only counts
    /// it.
    /// </summary>
    public bool DropOverLimit { get; init; }

    internal const string Us = "us";
    internal const string Eu = "eu";

    internal string? Validate() =>
        this switch
        {
            { Region: not (Us or Eu) } => "customerio.region must be us or eu",
            { RequestsPerSecond: < 1 } => "customerio.requests_per_second must be at least 1",
            { EnvironmentId: < 1 } => "customerio.environment_id must be at least 1",
            _ => null,
        };
}
