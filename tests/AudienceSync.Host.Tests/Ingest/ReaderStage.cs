using System.Text.Json;
using AudienceSync.Domain.Audiences;
using AudienceSync.Host.Audiences;
using AudienceSync.Host.Ingest;
using AudienceSync.Host.Ingest.Reading;
using AudienceSync.Host.Privacy;
using Microsoft.Extensions.Time.Testing;

namespace AudienceSync.Host.Tests.Ingest;

/// <summary>The event reader alone, without a Host, for tests that read thousands of events.</summary>
internal sealed class ReaderStage : IDisposable
{
    public const string OtherKey = "winback_45d_v1";

    public static readonly DateTimeOffset Now = Sample.Now;

    private static readonly HashSet<string> Destinations = new(["meta_main", "google_main"], StringComparer.Ordinal);

    private readonly AliasDigester _digester = new([.. Enumerable.Range(0, 32).Select(n => (byte)n)]);
    private readonly EventReader _reader;

    public ReaderStage()
    {
        PublishedKey Published(int id, string key) =>
            new(id, AudienceKey.TryParse(key, out var parsed) ? parsed : throw new ArgumentException(key), null);
        var keys = new AudienceKeys([Published(1, Sample.Key), Published(2, OtherKey)]);
        _reader = new EventReader(
            _digester,
            new PublishedKeys(keys, new FakeTimeProvider(Now)),
            new PersonEventReader(_digester, Destinations)
        );
    }

    public ParsedEvent Read(string json, SenderKey headers = default, string source = "shop", DateTimeOffset? at = null)
    {
        using var document = JsonDocument.Parse(json);
        return _reader.Read(document.RootElement, null, headers, new Source(source, SignatureMode.Off, [], "US"), at ?? Now);
    }

    public void Dispose() => _digester.Dispose();
}
