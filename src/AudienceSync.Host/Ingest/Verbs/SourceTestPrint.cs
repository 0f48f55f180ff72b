using System.Text.Json;
using AudienceSync.Host.Cli;

namespace AudienceSync.Host.Ingest.Verbs;

/// <summary>Prints how the events of a body were read, for people.</summary>
internal static class SourceTestPrint
{
    /// <summary>Returns the exit code: failed when anything would be refused.</summary>
    public static int Print(TextWriter output, JsonElement answer)
    {
        if (Text(answer, "sample") is { } sample)
        {
            output.WriteLine($"Sample: {sample}");
        }

        if (Text(answer, "code") is { } code)
        {
            output.WriteLine($"The whole body would be refused: {code}: {Text(answer, "detail")}");
            return ExitCodes.Failed;
        }

        var number = 0;
        foreach (var result in answer.GetProperty("results").EnumerateArray())
        {
            Print(output, ++number, result);
        }

        return answer.GetProperty("totals").GetProperty("refused").GetInt32() > 0 ? ExitCodes.Failed : ExitCodes.Done;
    }

    private static void Print(TextWriter output, int number, JsonElement result)
    {
        var would = Text(result, "status") switch
        {
            Receipt.Accepted => "would be appended",
            Receipt.Quarantined => $"would be quarantined: {Text(result, "code")}: {Text(result, "detail")}",
            _ => $"would be refused: {Text(result, "code")}: {Text(result, "detail")}",
        };
        output.WriteLine($"Event {number} {would}");
        Line(output, "event", Text(result, "event"));
        Line(output, "event id", Text(result, "event_id"));
        Line(output, "audience key", Text(result, "audience_key"));
        Line(output, "occurred at", Text(result, "occurred_at"));
        Line(output, "effective at", Text(result, "effective_at"));
        foreach (var identifier in result.GetProperty("identifiers").EnumerateArray())
        {
            var use = identifier.GetProperty("usable").GetBoolean() ? "usable" : $"not usable: {Text(identifier, "code")}";
            Line(output, Text(identifier, "field")!, $"{Text(identifier, "shown")} ({use})");
        }

        foreach (var warning in result.GetProperty("warnings").EnumerateArray())
        {
            Line(output, "warning", $"{Text(warning, "code")} ({Text(warning, "field")})");
        }
    }

    private static void Line(TextWriter output, string name, string? value)
    {
        if (value is not null)
        {
            output.WriteLine($"  {name, -14}{new string([.. value.Where(letter => !char.IsControl(letter))])}");
        }
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
