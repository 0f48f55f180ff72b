using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using AudienceSync.Connectors.CustomerIo;
using AudienceSync.Domain.Feedback;

namespace AudienceSync.Host.Feedback;

/// <summary>
/// Sends the traits of the people of a part of the log: what is true now, not what was true then, so a page that is sent late or again is
/// right, too. Traits that were accepted as they are now are not sent again.
/// </summary>
internal sealed class TraitPages(TraitStore store, FeedbackPeopleQueries people, TimeProvider clock)
{
    private const int PeopleAtOnce = 500;

    /// <summary>Returns the answer that ended it; null when everything was accepted or refused for good.</summary>
    public async Task<FeedbackReply?> SendAsync(
        PlannedFeedback planned,
        FeedbackRange range,
        FeedbackTally tally,
        CancellationToken cancellationToken
    )
    {
        foreach (var anchors in (await store.PeopleAsync(range, cancellationToken)).Chunk(PeopleAtOnce))
        {
            var known = await people.ReadAsync(planned.Source, anchors, cancellationToken);
            var roots = known.Values.DistinctBy(person => person.Root).ToList();
            var at = clock.GetUtcNow();
            var traits = await store.ReadAsync(planned.Source, roots, at, cancellationToken);
            if (await SendAsync(planned, known, traits, at, tally, cancellationToken) is { } failed)
            {
                return failed;
            }
        }

        return null;
    }

    private async Task<FeedbackReply?> SendAsync(
        PlannedFeedback planned,
        Dictionary<Guid, KnownToSource> known,
        Dictionary<Guid, (PersonTraits Traits, long? Accepted)> traits,
        DateTimeOffset at,
        FeedbackTally tally,
        CancellationToken cancellationToken
    )
    {
        var (items, changed) = (new List<byte[]>(), new List<(Guid Person, long Traits)>());
        foreach (var (root, identifier, _) in known.Values.DistinctBy(person => person.Root))
        {
            var (now, accepted) = traits[root];
            var hash = Hash(now);
            if (hash == accepted)
            {
                continue;
            }

            if (identifier is not { } given)
            {
                tally.Drop(FeedbackSender.NoIdentifier);
                continue;
            }

            var item = CustomerIoPayload.Identify(given, now, at);
            if (item.Json is { } json)
            {
                items.Add(json);
                changed.Add((root, hash));
            }
            else
            {
                tally.Drop(item.Refusal!);
            }
        }

        var (failed, refused) = await FeedbackSender.SendAsync(
            planned,
            items,
            tally,
            token => people.AreStillKnownAsync(planned.Source, known, token),
            cancellationToken
        );
        if (failed is not null)
        {
            return failed;
        }

        await store.WriteAsync(planned.Source, [.. changed.Where((_, index) => !refused.Contains(index))], at, cancellationToken);
        return null;
    }

    private static long Hash(PersonTraits traits) =>
        BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(traits)));
}
