using System.Text.Json;
using AudienceSync.Domain;
using AudienceSync.Domain.Decisions;
using AudienceSync.Host.Ingest;
using AudienceSync.Host.Ingest.Reading;
using AudienceSync.Host.Privacy;

namespace AudienceSync.Host.Decisions;

/// <summary>A question: <c>{"person": {...}, "audiences": [...]}</c>. The person is read as in a webhook of the same source.</summary>
/// <param name="Person">Who it is about.</param>
/// <param name="Names">The audiences and keys, each once; none for all audiences.</param>
internal sealed record DecisionQuestion(NamedAliases Person, IReadOnlyList<string> Names)
{
    private static readonly char[] Separators = [','];

    /// <summary>Reads a body.</summary>
    /// <param name="body">The body, whose media type was checked.</param>
    /// <param name="source">The sender.</param>
    /// <param name="digester">Computes aliases.</param>
    /// <param name="question">The question; null with a problem.</param>
    public static IngestProblem? TryRead(RequestBody body, Source source, AliasDigester digester, out DecisionQuestion? question)
    {
        question = null;
        var item = BodyItem.Parse(body.Json);
        using var document = item.Document;
        if ((item.Problem ?? (body.Defect ?? item.Defect)?.Problem) is { } unreadable)
        {
            return unreadable;
        }

        if (document!.RootElement.ValueKind != JsonValueKind.Object)
        {
            return IngestProblem.NotAQuestion;
        }

        var ignored = default(WarningList);
        var problem = PersonFields.TryRead(document.RootElement, source, digester, isRemoval: true, ref ignored, out var person);
        if (problem is not null)
        {
            return problem;
        }

        if (NamesIn(document.RootElement) is not { } names)
        {
            return IngestProblem.InvalidAudiences;
        }

        var older = OlderForms.Of(person.Identifiers, digester).Except(person.Aliases);
        var asked = new NamedAliases(person.Aliases) { Identifiers = person.Identifiers, Older = [.. older] };
        question = new DecisionQuestion(asked, names);
        return null;
    }

    // As an array; as text with commas, which is all that a form can have; or as nothing.
    private static List<string>? NamesIn(JsonElement fields)
    {
        if (!fields.TryGetProperty("audiences"u8, out var given) || given.ValueKind == JsonValueKind.Null)
        {
            return [];
        }

        var names = new List<string>();
        if (given.ValueKind == JsonValueKind.String)
        {
            if (!TextField.TryText(given, out var text) || text.Length > Limits.DecisionAudiences * (Limits.AudienceKeyChars + 1))
            {
                return null;
            }

            names.AddRange(text.Split(Separators, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        }
        else if (given.ValueKind == JsonValueKind.Array && given.GetArrayLength() <= Limits.DecisionAudiences)
        {
            foreach (var one in given.EnumerateArray())
            {
                if (one.ValueKind != JsonValueKind.String || !TextField.TryText(one, out var name))
                {
                    return null;
                }

                names.Add(name);
            }
        }
        else
        {
            return null;
        }

        return names.Count <= Limits.DecisionAudiences && names.TrueForAll(AskedAudiences.IsName)
            ? [.. names.Distinct(StringComparer.Ordinal)]
            : null;
    }

    /// <summary>The person is in it.</summary>
    public override string ToString() => "DecisionQuestion(***)";
}
