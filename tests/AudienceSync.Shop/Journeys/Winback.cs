using AudienceSync.Shop.Simulation;

namespace AudienceSync.Shop.Journeys;

/// <summary>Entered after 45 days without a purchase; left at the next purchase.</summary>
internal sealed class Winback : IJourney
{
    public static readonly TimeSpan Absence = TimeSpan.FromDays(45);

    public string Audience => "winback_45d";

    public string Key => "winback_45d_v1";

    public TimeSpan Window => TimeSpan.FromDays(45);

    public int Number => 3;

    public string Purpose => "Bring back buyers who stayed away";

    public string Definition => "Bought once and then nothing for 45 days.";

    public IEnumerable<JourneyStep> Follow(IReadOnlyList<ShopAction> actions, DateTimeOffset now)
    {
        var purchases = actions.Where(action => action.Kind == ActionKind.Purchase).Select(action => action.At).ToArray();
        for (var i = 0; i < purchases.Length; i++)
        {
            var due = purchases[i] + Absence;
            var next = i + 1 < purchases.Length ? purchases[i + 1] : (DateTimeOffset?)null;
            if (due > now || due > next)
            {
                continue;
            }

            yield return new JourneyStep(EventKind.Add, due, "45d");
            if (next is { } back)
            {
                yield return new JourneyStep(EventKind.Remove, back, "purchase");
            }
        }
    }
}
