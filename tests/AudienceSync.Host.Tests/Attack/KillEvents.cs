using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Attack;

/// <summary>One add or remove, as sent.</summary>
internal sealed record KillEvent(string Id, bool Adds, int Audience, string Email, DateTimeOffset At);

/// <summary>Random events in random time order, and their expected result: a fold that shares no code with the engine.</summary>
internal sealed class KillEvents
{
    private readonly IReadOnlyList<TestAudience> _audiences;

    public KillEvents(KillPlan plan, IReadOnlyList<TestAudience> audiences, DateTimeOffset now)
    {
        _audiences = audiences;
        var random = new Random(plan.Seed);
        var people = plan.Events / 8;
        var times = Enumerable.Range(0, plan.Events).Select(n => now.AddMilliseconds(-n * 50L)).ToArray();
        random.Shuffle(times);
        All =
        [
            .. times.Select(
                (at, n) =>
                    new KillEvent(
                        string.Create(CultureInfo.InvariantCulture, $"kill-{plan.Seed}-{n}"),
                        random.Next(3) != 0,
                        random.Next(audiences.Count),
                        string.Create(CultureInfo.InvariantCulture, $"person{random.Next(people)}@kill.example"),
                        at
                    )
            ),
        ];
    }

    public IReadOnlyList<KillEvent> All { get; }

    /// <summary>The digests that a list must hold: those of people whose latest event is an add.</summary>
    public HashSet<string> Expected(int audience) =>
        All.Where(one => one.Audience == audience)
            .GroupBy(one => one.Email, StringComparer.Ordinal)
            .Where(person => person.MaxBy(one => one.At)!.Adds)
            .Select(person => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(person.Key))))
            .ToHashSet(StringComparer.Ordinal);

    public string Body(IEnumerable<KillEvent> events) => new JsonArray([.. events.Select(Json)]).ToJsonString();

    private JsonNode? Json(KillEvent one) =>
        new JsonObject
        {
            ["event"] = one.Adds ? "audience_add" : "audience_remove",
            ["event_id"] = one.Id,
            ["audience_key"] = _audiences[one.Audience].Key,
            ["occurred_at"] = one.At.ToString("O"),
            ["person"] = new JsonObject { ["email"] = one.Email },
        };
}
