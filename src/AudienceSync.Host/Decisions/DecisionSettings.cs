using System.Globalization;
using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Decisions;
using AudienceSync.Host.Configuration;

namespace AudienceSync.Host.Decisions;

/// <summary>What one source is answered.</summary>
/// <param name="Fields">The fields it may receive.</param>
/// <param name="Timeout">After how long it is answered with the fallback.</param>
/// <param name="Fallback">The fields of the fallback, without <c>fallback</c> itself.</param>
/// <param name="InWebhookResponse">Whether the response to a webhook of one event has the fields, too.</param>
public sealed record DecisionSettings(DecisionFields Fields, TimeSpan Timeout, IReadOnlyList<NamedValue> Fallback, bool InWebhookResponse)
{
    private const int MostFallbackFields = 100;

    public static readonly DecisionSettings Default = new(
        DecisionFields.All,
        TimeSpan.FromMilliseconds(DecisionsConfig.DefaultTimeoutMs),
        [],
        InWebhookResponse: false
    );

    /// <summary>Checks a source's section.</summary>
    /// <param name="config">The section; null when there is none.</param>
    /// <param name="invalid">Makes the error for what is wrong.</param>
    /// <exception cref="SetupException">config_invalid</exception>
    public static DecisionSettings Of(DecisionsConfig? config, Func<string, SetupException> invalid)
    {
        if (config is null)
        {
            return Default;
        }

        if (config.TimeoutMs is < 1 or > DecisionsConfig.MaxTimeoutMs)
        {
            throw invalid($"timeout_ms must be 1 to {DecisionsConfig.MaxTimeoutMs}");
        }

        if (config.Fallback.Count > MostFallbackFields)
        {
            throw invalid($"fallback may have at most {MostFallbackFields} fields");
        }

        return new DecisionSettings(
            FieldsOf(config.Fields, invalid),
            TimeSpan.FromMilliseconds(config.TimeoutMs),
            [.. config.Fallback.Select(field => FallbackOf(field.Key, field.Value, invalid))],
            config.InWebhookResponse
        );
    }

    private static DecisionFields FieldsOf(List<string>? names, Func<string, SetupException> invalid)
    {
        if (names is null)
        {
            return DecisionFields.All;
        }

        var fields = DecisionFields.None;
        foreach (var name in names)
        {
            fields |= DecisionFieldNames.TryParse(name, out var field)
                ? field
                : throw invalid($"fields may name {string.Join(", ", DecisionFieldNames.All)}; not {name}");
        }

        return fields;
    }

    private static NamedValue FallbackOf(string name, string? text, Func<string, SetupException> invalid)
    {
        if (!AudienceKey.IsName(name) || name == DecisionFieldNames.Fallback)
        {
            throw invalid("a name in fallback must be lower case letters, digits and underscores, a letter first, and not fallback");
        }

        return new NamedValue(
            name,
            text switch
            {
                null or "null" or "" => FieldValue.Null,
                "true" => FieldValue.Of(true),
                "false" => FieldValue.Of(false),
                _ when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => FieldValue.Of(
                    number
                ),
                _ => FieldValue.Of(text),
            }
        );
    }
}
