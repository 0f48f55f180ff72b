using System.Text;
using AudienceSync.Domain.Events;
using AudienceSync.Domain.Identity;
using AudienceSync.Host.Ingest.Append;
using FsCheck;
using FsCheck.Fluent;

namespace AudienceSync.Host.Tests.Ingest.Append;

/// <summary>The plan of a commit as a function, without PostgreSQL. The property prints its seed and the smallest counterexample.</summary>
public sealed class AppendPlannerTests
{
    [Theory]
    [InlineData("a:ann", "", "", "Appended")]
    [InlineData("a:ann b:ann c:bob", "", "", "Appended Appended Appended")]
    [InlineData("a:ann a:ann", "", "", "Appended Duplicate")]
    [InlineData("a:ann | a:ann b:ann | b:ann", "", "", "Appended Duplicate Appended Duplicate")]
    [InlineData("a:ann a:bob", "", "", "Appended Duplicate")]
    [InlineData("a:ann b:bob", "a", "", "Duplicate Appended")]
    [InlineData("a:ann | a:ann", "a", "", "Duplicate Duplicate")]
    [InlineData("a:ann b:bob", "", "ann", "PersonErased Appended")]
    [InlineData("a:ann b:bob", "a b", "ann", "PersonErased Duplicate")]
    [InlineData("a:ann+gone b:ann+here", "", "gone@", "PersonErased Appended")]
    [InlineData("a:ann+gone a:ann", "", "gone@", "PersonErased Appended")]
    [InlineData("a:ann a:ann+gone", "", "gone@", "Appended PersonErased")]
    [InlineData("a:ann+one b:ann+two c:ann+one", "", "", "Appended Unlinkable Appended")]
    [InlineData("a:ann+one | b:ann+two | b:ann+two", "", "", "Appended Unlinkable Unlinkable")]
    [InlineData("a:ann+one -b:ann+two c:ann+three", "", "", "Appended Appended Unlinkable")]
    public void Each_item_has_one_outcome_and_each_appended_event_is_a_row(string batch, string known, string erased, string outcomes)
    {
        using var stage = new PlannerStage(addressesPerDay: 1);
        stage.Known.Events.UnionWith(Split(known).Select(PlannerStage.IdOf));
        foreach (var name in Split(erased))
        {
            stage.Known.Erased[(name[^1] == '@' ? stage.Email(name[..^1]) : stage.Customer(name)).Digest] = Guid.NewGuid();
        }

        PendingRequest[] requests = [.. batch.Split('|').Select(request => stage.Request(Split(request)))];
        var plan = stage.Plan(requests);

        plan.Items.Select(item => item.ToString()).ShouldBe(Split(outcomes));
        plan.Rows.EventIds.ShouldBe(
            requests
                .SelectMany(request => request.Events)
                .Zip(plan.Items)
                .Where(one => one.Second == ItemOutcome.Appended)
                .Select(one => one.First.Id.Value)
        );
        plan.Rows.Refused.Values.Sum().ShouldBe(plan.Items.Count(item => item == ItemOutcome.PersonErased));
    }

    [Fact]
    public void Any_order_and_any_repetition_in_a_batch_appends_each_unknown_event_exactly_once()
    {
        using var stage = new PlannerStage();
        Prop.ForAll(
                ArbMap.Default.ArbFor<byte[]>(),
                ArbMap.Default.ArbFor<byte[]>(),
                (sent, stored) =>
                {
                    stage.Known.Clear();
                    stage.Known.Events.UnionWith(stored.Select(number => PlannerStage.IdOf(NameOf(number))));

                    // Requests of up to three events; the same few events and people again and again.
                    PendingRequest[] batch = [.. sent.Chunk(3).Select(part => stage.Request([.. part.Select(TextOf)]))];
                    var plan = stage.Plan(batch);
                    var outcomes = batch
                        .SelectMany(request => request.Events)
                        .Zip(plan.Items)
                        .ToLookup(one => one.First.Id.Value, one => one.Second);
                    return plan.Rows.EventIds.Count == plan.Items.Count(item => item == ItemOutcome.Appended)
                        && plan.Rows.EventIds.ToHashSet().Count == plan.Rows.EventIds.Count
                        && outcomes.All(of =>
                            of.Count(item => item == ItemOutcome.Appended) == (stage.Known.Events.Contains(of.Key) ? 0 : 1)
                            && of.All(item => item is ItemOutcome.Appended or ItemOutcome.Duplicate)
                        );
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(500));
    }

    [Fact]
    public void Versions_count_up_within_each_stream()
    {
        using var stage = new PlannerStage();
        var rows = stage.Plan(stage.Request("a:ann", "b:bob"), stage.Request("c:ann", "c:ann", "d:ann")).Rows;

        rows.EventVersions.ShouldBe([1, 1, 2, 3]);
        rows.NewStreamVersions.ShouldBe([3, 1]);
        rows.NewPeople.People.ShouldBe(rows.NewStreams);
    }

    [Fact]
    public void A_known_person_without_new_information_is_appended_to_and_not_written()
    {
        using var stage = new PlannerStage();
        var person = Load(stage, "ann", "here");
        var batch = stage.Request("a:ann+here");

        stage.Classify(batch).Contested.ShouldBeEmpty();
        var rows = stage.Plan(batch).Rows;

        (rows.EventStreams[0], rows.EventVersions[0]).ShouldBe((person.Value, 8));
        rows.KnownStreams.ShouldBe([person.Value]);
        rows.NewPeople.People.Concat(rows.ChangedPeople.People).Concat(rows.FurtherRevisions.People).ShouldBeEmpty("only an event");
        Encoding.UTF8.GetString(rows.EventData[0]).ShouldNotBe(Encoding.UTF8.GetString(batch.Events[0].Data), "with the kinds it repeated");
    }

    [Fact]
    public void New_information_about_a_known_person_must_be_loaded_for_before_the_plan()
    {
        using var stage = new PlannerStage();
        Load(stage, "ann", "here");
        var batch = stage.Request("a:ann+new");

        stage.Classify(batch).Contested.ShouldBe([stage.Customer("ann").Digest, stage.Email("new").Digest], ignoreOrder: true);
        Should.Throw<InvalidOperationException>(() => stage.Plan(batch));
    }

    [Fact]
    public void Nothing_of_an_item_that_names_an_erased_person_is_kept()
    {
        using var stage = new PlannerStage();
        var erasure = Guid.NewGuid();
        stage.Known.Erased[stage.Customer("ann").Digest] = erasure;
        var request = stage.Request("a:ann", "b:bob") with
        {
            Quarantined = [PlannerStage.Entry(stage.Customer("bob")), PlannerStage.Entry(stage.Customer("ann"))],
        };

        var (rows, items) = stage.Plan(request);

        items.ShouldBe([ItemOutcome.PersonErased, ItemOutcome.Appended, ItemOutcome.Quarantined, ItemOutcome.PersonErased]);
        rows.Refused.ShouldBe(new Dictionary<Guid, int> { [erasure] = 2 });
        rows.Quarantined.ShouldBe([request.Quarantined[0]]);
        Encoding.UTF8.GetString(rows.Bodies.WrittenSpan[8..]).ShouldBe("[null ,b:bob]");
    }

    [Fact]
    public void An_identifier_that_stops_linking_is_reported_once_and_its_removal_links_nothing()
    {
        using var stage = new PlannerStage(addressesPerDay: 1);
        var (rows, items) = stage.Plan(stage.Request("a:ann+one", "b:ann+two", "-c:ann+three"));

        items.ShouldBe([ItemOutcome.Appended, ItemOutcome.Unlinkable, ItemOutcome.Appended]);
        rows.LinkStops.Select(stop => stop.Kind).ShouldBe([IdentifierKind.Email]);
        rows.NewAliases.Digests.ShouldBe([stage.Customer("ann").Digest.Value, stage.Email("one").Digest.Value], ignoreOrder: true);
        rows.EventTypes.ShouldBe([EventTypes.MemberAdded, EventTypes.MemberRemoved]);
    }

    private static PersonId Load(PlannerStage stage, string customer, string email)
    {
        var person = new PersonId(Guid.NewGuid());
        stage.Known.People.Load(
            new KnownPerson(
                person,
                stage.Customer(customer),
                null,
                Revision: 1,
                StreamVersion: 7,
                new Reach(stage.Email(email).Digest, null, null)
            )
        );
        return person;
    }

    private static string[] Split(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static string NameOf(byte number) => $"e{number % 16}";

    private static string TextOf(byte number) => $"{NameOf(number)}:c{number % 5}+m{number % 5}";
}
