using System.Globalization;
using System.Text.Json;
using AudienceSync.Shop.Sending;
using AudienceSync.Shop.Simulation;

namespace AudienceSync.Shop.Reporting;

/// <summary>How many irregularities of real senders the webhooks contain. Counted from what is sent, not from what was intended.</summary>
/// <param name="Placeholders">Events with a placeholder for "no id" where the id should be.</param>
/// <param name="Extensions">Events with a phone that carries an extension.</param>
/// <param name="FormBodies">Requests with a form as their body.</param>
/// <param name="ReusedIds">Events with an id that another event also has.</param>
/// <param name="ClocksAhead">Valid events with a timestamp hours ahead.</param>
/// <param name="ClocksSkewed">Valid events with a timestamp less than five minutes ahead.</param>
/// <param name="DoubtfulRemovals">Removals that take effect although one of their fields is invalid.</param>
internal sealed record MixedIn(
    int Placeholders,
    int Extensions,
    int FormBodies,
    int ReusedIds,
    int ClocksAhead,
    int ClocksSkewed,
    int DoubtfulRemovals
)
{
    public static MixedIn Of(Play play)
    {
        var good = play.Events.Where(item => item.Flaw == Flaw.None).ToArray();
        var people = good.Select(PersonOf).ToArray();
        return new MixedIn(
            people.Count(person => person.Id is { } id && MessyForms.Placeholders.Contains(id, StringComparer.Ordinal)),
            people.Count(person => person.Phone?.Contains('x', StringComparison.Ordinal) == true),
            play.Deliveries.Count(FormBody.Is),
            good.Where(item => item.SenderId is not null)
                .GroupBy(item => item.SenderId, StringComparer.Ordinal)
                .Sum(facts => facts.Count() - 1),
            good.Count(item => item.Clock == Clock.Ahead),
            good.Count(item => item.Clock == Clock.Skewed),
            play.Events.Count(item => item.Flaw != Flaw.None && item.IsAccepted())
        );
    }

    /// <summary>For human readers.</summary>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"mixed in: {Placeholders:N0} placeholders for ids, {Extensions:N0} phone extensions, {FormBodies:N0} "
                + $"form bodies, {ReusedIds:N0} reused ids, "
                + $"{ClocksAhead:N0} timestamps hours ahead, {ClocksSkewed:N0} timestamps minutes ahead, "
                + $"{DoubtfulRemovals:N0} removals with an invalid field"
        );

    private static (string? Id, string? Phone) PersonOf(ShopEvent item)
    {
        using var json = JsonDocument.Parse(item.Json);
        var person = json.RootElement.TryGetProperty("person", out var nested) ? nested : json.RootElement;
        return (Text(person, "customer_id") ?? Text(person, "id"), Text(person, "phone"));
    }

    private static string? Text(JsonElement person, string name) => person.TryGetProperty(name, out var value) ? value.GetString() : null;
}
