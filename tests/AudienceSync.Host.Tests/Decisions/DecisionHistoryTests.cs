using AudienceSync.Domain.Decisions;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Outcomes;
using AudienceSync.Host.Decisions;
using AudienceSync.Host.Ingest;
using AudienceSync.Host.Ingest.Append;
using AudienceSync.Host.Privacy;
using AudienceSync.Host.Projection;
using AudienceSync.Host.Tests.People;
using AudienceSync.Host.Tests.Projecting;
using AudienceSync.Host.Tests.Workspaces;

namespace AudienceSync.Host.Tests.Decisions;

/// <summary>
/// Histories of adds, removals, suppressions, consent and moving identifiers, with a projector that stops anywhere: every decision equals
/// what a reader of all appended events concludes, who uses no row, no link and no order.
/// </summary>
public sealed class DecisionHistoryTests
{
    private static readonly TimeSpan?[] Windows = [null, HistoryCase.Window];

    private static readonly string[] Keys = ["k0_v1", "k1_v1"];

    [Theory]
    [InlineData(11, 1, 5_000)]
    [InlineData(12, 7, 3)]
    [InlineData(13, 40, 11)]
    [InlineData(14, 300, 700)]
    public async Task A_decision_states_what_follows_from_all_appended_events_wherever_the_projector_is(
        int seed,
        int batchEvents,
        int pageEvents
    )
    {
        var random = new Random(seed);
        await using var workspace = await TestWorkspace.CreateAsync(Windows);
        using var stage = new ProjectionStage(workspace);
        var stories = Enumerable
            .Range(0, batchEvents == 1 ? 40 : 150)
            .Select(number => new PeopleStory(workspace.Webhooks, number, random, Keys.Length))
            .ToList();
        var origin = stories
            .SelectMany(story => story.StoryEvents.Select(sent => (sent, story)))
            .ToDictionary(one => one.sent, one => one.story);
        var sent = origin.Keys.ToArray();
        random.Shuffle(sent);
        var log = workspace.OpenLog();
        var state = Open(workspace);
        var (asked, ahead) = (0, 0);
        foreach (var batch in sent.Chunk(batchEvents))
        {
            await log.AppendAsync([new PendingRequest([.. batch.Select(one => one.Event)], [], default, TestWorkspace.Start)], default);
            foreach (var one in batch)
            {
                origin[one].People.Apply(one);
            }

            if (random.Next(3) == 0)
            {
                await ProjectSomeAsync(stage, random, pageEvents);
            }

            ahead += (await stage.PositionAsync()).Value < await stage.HeadAsync() ? 1 : 0;
            for (var n = 0; n < 6; n++, asked++)
            {
                var story = n < 3 ? origin[batch[random.Next(batch.Length)]] : stories[random.Next(stories.Count)];
                await CheckAsync(state, workspace, story, NamesOf(story, random), $"seed {seed}, question {asked}");
            }
        }

        ahead.ShouldBeGreaterThan(0, "the projector must have been behind");
        await stage.ProjectAsync(pageEvents);

        // All at once: many are read by one statement, and each answer is about its own person.
        var questions = stories.ConvertAll(story => (story, NamesOf(story, random)));
        await Task.WhenAll(questions.Select(one => CheckAsync(state, workspace, one.story, one.Item2, $"seed {seed}, at the end")));
    }

    internal static PersonState Open(TestWorkspace workspace) =>
        new(
            new DecisionReads(new DecisionQueries(workspace.Database, hasReports: true)),
            new PermissionStore(workspace.Database),
            workspace.Keys,
            new PublishedKeys(workspace.Keys, workspace.Clock),
            workspace.Tombstones,
            new OlderAliasQueries(workspace.Database, workspace.Vault, workspace.Webhooks.Digester),
            OutcomePolicy.Default,
            workspace.Clock
        );

    // Stops after some page, at the end or before it.
    private static async Task ProjectSomeAsync(ProjectionStage stage, Random random, int pageEvents)
    {
        var (from, head) = ((await stage.PositionAsync()).Value, await stage.HeadAsync());
        using var stop = new CancellationTokenSource();
        var running = stage.Run("host", pageEvents, stop.Token);
        await stage.ReachAsync(from + random.NextInt64(head - from + 1));
        await stop.CancelAsync();
        await running;
    }

    private static async Task CheckAsync(PersonState state, TestWorkspace workspace, PeopleStory story, Name[] names, string what)
    {
        var aliases = names.Select(name => workspace.Webhooks.Alias((IdentifierKind)(name.Kind + 1), name.Text)).ToArray();
        var (facts, audiences) = await state.ReadAsync(new NamedAliases(aliases), Keys, default);
        var expected = PersonOf(story, names);
        Describe(Decision.Of(facts, audiences, DecisionFields.All & ~(DecisionFields.Engagement | DecisionFields.AsOfPosition)))
            .ShouldBe(
                Expected(expected),
                $"{what}: {string.Join(' ', names.Select(name => name.Text))}\n{string.Join('\n', expected?.StoryEvents ?? [])}"
            );
    }

    private static NaivePerson? PersonOf(PeopleStory story, Name[] names)
    {
        Name? unknown = null;
        foreach (var name in names)
        {
            if (story.People.Find(name) is { } person)
            {
                return unknown is null || person.Root.Kind > unknown.Value.Kind ? person : null;
            }

            unknown ??= name;
        }

        return null;
    }

    private static List<string> Expected(NaivePerson? person) =>
        [
            "fallback=false",
            $"known={Text(person is not null)}",
            $"suppressed={Text(person?.IsSuppressed ?? false)}",
            $"suppressed_reason={(person is { IsSuppressed: true } ? "asked" : "null")}",
            $"consent_ads={(person?.Consent is { } consent ? Text(consent) : "null")}",
            "erased=false",
            .. Keys.Select((key, n) => $"in_{key}={Text(person?.IsIn(new Demand(n, Windows[n], ConsentRequired: false)) ?? false)}"),
        ];

    private static string Text(bool value) => value ? "true" : "false";

    internal static List<string> Describe(IEnumerable<NamedValue> fields) =>
        [
            .. fields.Select(field =>
                $"{field.Name}="
                + field.Value.Kind switch
                {
                    FieldKind.Boolean => Text(field.Value.Number == 1),
                    FieldKind.Number => field.Value.Number.ToString(System.Globalization.CultureInfo.InvariantCulture),
                    FieldKind.Text => field.Value.Text,
                    _ => "null",
                }
            ),
        ];

    // One to three names of different kinds, strongest first, used or not.
    private static Name[] NamesOf(PeopleStory story, Random random) =>
        [
            .. Enumerable
                .Range(0, random.Next(1, 4))
                .Select(_ => story.RandomName(random))
                .DistinctBy(name => name.Kind)
                .OrderBy(name => name.Kind),
        ];
}
