using System.Text.Json;

namespace AudienceSync.Host.Rebuilding;

/// <summary>How the rows of the live generation differ from what the log says, each row under the first kind that holds.</summary>
public sealed record Drift
{
    internal static readonly JsonSerializerOptions Form = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>No difference.</summary>
    public long Same { get; set; }

    /// <summary>The log speaks of an event that the live generation has not read yet.</summary>
    public long Behind { get; set; }

    /// <summary>No live row.</summary>
    public long Missing { get; set; }

    /// <summary>A live row of which no event speaks. It stays as a row that says nothing, so that whoever was delivered by it is taken out.</summary>
    public long Unfounded { get; set; }

    /// <summary>Present in one, its window passed in the other.</summary>
    public long Expiry { get; set; }

    public long Status { get; set; }

    public long Restrictions { get; set; }

    /// <summary>The same for every platform, but other times, or another event.</summary>
    public long Times { get; set; }

    /// <summary>Rows that differ.</summary>
    public long Different => Behind + Missing + Unfounded + Expiry + Status + Restrictions + Times;

    public string ToJson() => JsonSerializer.Serialize(this, Form);
}
