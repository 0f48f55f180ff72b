using System.Text;
using System.Text.Json;
using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Events;
using AudienceSync.Host.Audiences;
using AudienceSync.Host.Ingest;
using AudienceSync.Host.Ingest.Append;
using AudienceSync.Host.Ingest.Reading;
using AudienceSync.Host.Privacy;
using Microsoft.Extensions.Time.Testing;

namespace AudienceSync.Host.Tests.Ingest;

/// <summary>The golden webhooks of both schemas, and the events they are stored as, forever. A released file is never edited.</summary>
public sealed class SchemaVersionTests : IDisposable
{
    private readonly AliasDigester _digester = new([.. Enumerable.Range(0, 32).Select(n => (byte)n)]);

    public void Dispose() => _digester.Dispose();

    private static string[] Names =>
        [.. Directory.GetFiles(Folder, "*.webhook.json").Select(file => Path.GetFileName(file).Replace(".webhook.json", "")).Order()];

    public static TheoryData<string> Webhooks => [.. Names];

    [Theory]
    [MemberData(nameof(Webhooks))]
    public void A_golden_webhook_is_stored_as_its_golden_event(string name)
    {
        var pending = Read(name).Event.ShouldNotBeNull();
        Encoding.UTF8.GetString(pending.Data).ShouldBe(Text($"{name}.stored.json"));
        pending.Type.ShouldBe(EventTypes.MemberAdded);
        pending.Id.ShouldBe(
            EventId.Derive("shop", $"id/audience_member_added/high_intent_cart_7d_v1/{pending.Aliases[0].Digest.Value:N}/evt-1")
        );
    }

    [Fact]
    public void The_same_event_in_every_form_names_the_same_person()
    {
        var sent = Names.Select(name => Read(name).Event!).ToList();
        sent.Count.ShouldBe(3);
        sent.Select(pending => string.Join(' ', pending.Aliases.Select(alias => alias.Digest.Value))).Distinct().ShouldHaveSingleItem();
    }

    private ParsedEvent Read(string name)
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 3, 2, 0, 0, 0, TimeSpan.Zero));
        var keys = new AudienceKeys([new PublishedKey(1, AudienceKey.Of("high_intent_cart_7d", 1), null)]);
        using var document = JsonDocument.Parse(Text($"{name}.webhook.json"));
        var source = new Source("shop", SignatureMode.Off, [], "US");
        return new EventReader(
            _digester,
            new PublishedKeys(keys, clock),
            new PersonEventReader(_digester, new HashSet<string>(StringComparer.Ordinal))
        ).Read(document.RootElement, null, default, source, clock.GetUtcNow());
    }

    private static string Text(string file) => File.ReadAllText(Path.Combine(Folder, file)).TrimEnd('\n');

    private static string Folder => Path.Combine(RepositoryRoot.Find(), "tests", "AudienceSync.Host.Tests", "Ingest", "Golden");
}
