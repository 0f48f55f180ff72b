using System.Text.Json.Serialization;

namespace AudienceSync.Bench.Reporting;

/// <summary>One measured figure.</summary>
/// <param name="Value">Null when it could not be measured here; such a figure is not evaluated.</param>
/// <param name="Goal">In JSON <c>bar</c>, as readers of the line expect it. What it must reach (or stay under, see
/// <paramref name="IsCeiling"/>); null when it is only reported.</param>
/// <param name="Limit">The comparison value that was measured in the same run.</param>
internal sealed record Figure(
    string Name,
    double? Value,
    string Unit,
    [property: JsonPropertyName("bar")] double? Goal = null,
    double? Limit = null,
    [property: JsonIgnore] bool IsCeiling = false
)
{
    public double? Ratio => Value is { } value && Limit is > 0 and { } limit ? Math.Round(value / limit, 3) : null;

    [JsonIgnore]
    public bool? Met => (Value, Goal) is ({ } value, { } goal) ? (IsCeiling ? value <= goal : value >= goal) : null;
}
