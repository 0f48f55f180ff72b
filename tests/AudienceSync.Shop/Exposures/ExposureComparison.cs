using System.Security.Cryptography;
using System.Text;
using AudienceSync.Shop.Oracle;
using AudienceSync.Shop.Simulation;

namespace AudienceSync.Shop.Exposures;

/// <summary>What was read of the exposure log.</summary>
/// <param name="Position">The position that the engine reports.</param>
internal sealed record ExposureLog(
    long Position,
    IReadOnlyList<ExposureRow> Rows,
    IReadOnlyList<SpellRow> Spells,
    IReadOnlyList<LinkRow> Links
);

/// <summary>
/// Compares the exposure log with the oracle, as an analyst would join it with their customers: by the keyed digest of the customer id.
/// Whom the log has at a platform, and nobody else, must be a member there.
/// </summary>
/// <param name="expected">Who must be in which audience where.</param>
/// <param name="exposures">Exposures that the journeys sent and that were accepted.</param>
/// <param name="linkKey">The key of the digests.</param>
internal sealed class ExposureComparison(
    IReadOnlyList<Customer> customers,
    IReadOnlyList<ExpectedAudience> expected,
    int exposures,
    string linkKey
)
{
    private const int MaxExamples = 5;

    private readonly List<string> _examples = [];
    private int _wrong;

    public ExposureFinding Evaluate(ExposureLog log)
    {
        (_wrong, _) = (0, _examples.RemoveAll(_ => true));
        Compare(log.Rows.Count, log.Position, "rows were read, and the log ends at position");
        Compare(log.Rows.Where((row, n) => row.Position != n + 1).Count(), 0, "positions are not in order and without gaps, expected");
        Compare(log.Rows.Count(row => row.Kind == "exposed"), exposures, "exposures are in the log, and the number of those accepted is");
        var compared = ComparePeople(log);
        return new ExposureFinding(log.Rows.Count, log.Spells.Count, compared, _wrong, [.. _examples]);
    }

    // A former guest has spells under two tokens, so they are compared at the platforms only.
    private int ComparePeople(ExposureLog log)
    {
        var tokens = log
            .Links.Where(link => link.CustomerHmac is not null)
            .ToLookup(link => link.CustomerHmac!, link => link.PersonKey, StringComparer.Ordinal);
        var spells = log.Spells.ToLookup(spell => (spell.PersonKey, spell.AudienceKey, spell.Destination));
        var compared = 0;
        foreach (var customer in customers.Where(customer => customer is { CustomerId: not null, KnownSince: null }))
        {
            var token = tokens[Digest(customer.CustomerId!)].ToList();
            compared += token.Count;
            foreach (var audience in expected.Where(audience => !audience.Undecided.Contains(customer.Number)))
            {
                var isThere = token.Exists(one => IsThere(spells[(one, audience.Key, audience.Destination.Name)]));
                var isMember = audience.Members.TryGetValue(customer.Number, out var sent) && sent.HasFlag(Identifiers.CustomerId);
                if (isThere != isMember)
                {
                    Note(
                        $"customer {customer.Number}: {audience.Key} at {audience.Destination.Name}: "
                            + $"{(isMember ? "a member" : "not a member")}, and {(isThere ? "there" : "not there")} by the log"
                    );
                }
            }
        }

        return compared;
    }

    // Somebody who came back before their removal was sent has a spell without deliveries.
    private static bool IsThere(IEnumerable<SpellRow> spells)
    {
        var all = spells.ToList();
        return all.Max(spell => spell.AcknowledgedAt) is { } added && !(all.Max(spell => spell.RemovedAcknowledgedAt) >= added);
    }

    private string Digest(string customerId) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(linkKey), Encoding.UTF8.GetBytes(customerId)));

    private void Compare(long actual, long wanted, string what)
    {
        if (actual != wanted)
        {
            Note($"{actual} {what} {wanted}");
        }
    }

    private void Note(string text)
    {
        _wrong++;
        if (_examples.Count < MaxExamples)
        {
            _examples.Add($"exposures: {text}");
        }
    }
}
