using System.Collections.Frozen;

namespace AudienceSync.Host.Ingest.Importing;

/// <summary>A field of an event, as a column of a CSV file fills it.</summary>
/// <param name="Group">The object that holds it; empty for the event itself.</param>
/// <param name="Name">Its name there.</param>
internal readonly record struct CsvField(string Group, string Name);

/// <summary>
/// Which column, or which constant, fills which field of the events of a CSV file. A column that is named like a field fills it without
/// being mapped.
/// </summary>
/// <param name="Columns">The column of each mapped field.</param>
/// <param name="Constants">The constant of each field that has one.</param>
/// <param name="Delimiter">What separates the columns.</param>
internal sealed record CsvMapping(
    IReadOnlyDictionary<CsvField, string> Columns,
    IReadOnlyDictionary<CsvField, string> Constants,
    char Delimiter
)
{
    /// <summary>The objects of an event, in the order in which they are written.</summary>
    public static readonly IReadOnlyList<string> Groups = ["", "person", "consent", "context"];

    private static readonly FrozenDictionary<string, CsvField> Fields = new (string Group, string[] Names)[]
    {
        ("", ["schema_version", "event", "event_id", "delivery_id", "audience_key", "occurred_at", "destination", "reason"]),
        (
            "person",
            [
                "customer_id",
                "email",
                "phone",
                "first_name",
                "last_name",
                "city",
                "state",
                "postal_code",
                "country",
                "gender",
                "birth_date",
                "device_id",
            ]
        ),
        ("consent", ["ad_user_data", "ad_personalization"]),
        ("context", ["journey", "step", "variant", "message"]),
    }
        .SelectMany(group => group.Names.Select(name => new CsvField(group.Group, name)))
        .SelectMany(field => new[] { (field.Name, field), (field.Group.Length == 0 ? field.Name : $"{field.Group}.{field.Name}", field) })
        .DistinctBy(entry => entry.Item1)
        .ToFrozenDictionary(entry => entry.Item1, entry => entry.field, StringComparer.Ordinal);

    /// <summary>The names of all fields, for messages.</summary>
    public static string Known => string.Join(", ", Fields.Keys.Where(name => !name.Contains('.', StringComparison.Ordinal)));

    /// <summary>The field that a name means; null when there is none.</summary>
    public static CsvField? FieldOf(string name) => Fields.TryGetValue(name, out var field) ? field : null;

    /// <summary>Reads <c>--map</c> and <c>--set</c>. The texts of constants may be anything, so no message repeats them.</summary>
    /// <param name="maps"><c>field=Column,field=Column</c>; a column's name may have a comma when no field's name follows it.</param>
    /// <param name="sets"><c>field=value</c>, one each.</param>
    /// <param name="delimiter">What separates the columns.</param>
    /// <param name="problem">What is wrong; null when nothing is.</param>
    public static CsvMapping? Parse(IEnumerable<string> maps, IEnumerable<string> sets, char delimiter, out string? problem)
    {
        var (columns, constants) = (new Dictionary<CsvField, string>(), new Dictionary<CsvField, string>());
        problem = null;
        foreach (var pair in maps.SelectMany(Pairs))
        {
            problem ??= Add(pair, "--map", columns);
        }

        foreach (var pair in sets)
        {
            problem ??= Add(pair, "--set", constants);
        }

        if (constants.Keys.FirstOrDefault(columns.ContainsKey) is { Name: not null } both)
        {
            problem ??= $"{both.Name} has both --map and --set.";
        }

        return problem is null ? new CsvMapping(columns, constants, delimiter) : null;
    }

    private static string? Add(string pair, string option, Dictionary<CsvField, string> into)
    {
        var split = pair.IndexOf('=', StringComparison.Ordinal);
        if (split <= 0 || split == pair.Length - 1)
        {
            return $"{option} must have the form FIELD=VALUE.";
        }

        var name = pair[..split].Trim();
        return FieldOf(name) is not { } field ? $"{option}: there is no field of this name. Fields: {Known}."
            : into.TryAdd(field, pair[(split + 1)..].Trim()) ? null
            : $"{option} names {name} twice.";
    }

    private static List<string> Pairs(string map)
    {
        var pairs = new List<string>();
        foreach (var part in map.Split(','))
        {
            if (pairs.Count == 0 || part.Contains('=', StringComparison.Ordinal))
            {
                pairs.Add(part);
            }
            else
            {
                pairs[^1] += "," + part;
            }
        }

        return pairs;
    }
}
