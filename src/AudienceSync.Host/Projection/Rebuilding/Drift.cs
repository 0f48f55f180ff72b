using System.Text.Json;

namespace AudienceSync.Host.Projection.Rebuilding;

/// <summary>How the rows of the live generation differ from the fold of the log, each row under the first kind that applies.</summary>
public sealed record Drift
{
    internal static readonly JsonSerializerOptions Form = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>No difference.</summary>
    public long Same { get; set; }

    /// <summary>The log contains an event that the live generation has not read yet.</summary>
    public long Behind { get; set; }

    /// <summary>No live row.</summary>
    public long Missing { get; set; }

    /// <summary>
    /// A live row without any event. It stays as a row without facts, so that a member delivered because of it is removed.
    /// </summary>
    public long Unfounded { get; set; }

    /// <summary>Present in one generation, expired in the other.</summary>
    public long Expiry { get; set; }

    public long Status { get; set; }

    public long Restrictions { get; set; }

    /// <summary>The same for every platform, but with other times, or another event.</summary>
    public long Times { get; set; }

    /// <summary>Rows that differ.</summary>
    public long Different => Behind + Missing + Unfounded + Expiry + Status + Restrictions + Times;

    public string ToJson() => JsonSerializer.Serialize(this, Form);
}
