using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Normalizing;

namespace AudienceSync.Bench.Normalize;

/// <summary>
/// One thread turns people into the cells of all three platforms; between two such rounds it only hashes the same number of prepared texts.
/// </summary>
internal sealed class NormalizeBench
{
    private static readonly PersonField[] Fields =
    [
        PersonField.Email,
        PersonField.Phone,
        PersonField.FirstName,
        PersonField.LastName,
        PersonField.City,
        PersonField.PostalCode,
        PersonField.Country,
    ];

    private static readonly Normalizer[] Platforms = [.. Enum.GetValues<NormalizerFamily>().Select(Normalizers.BuiltIn.Current)];

    private readonly PersonIdentifiers[] _people;
    private readonly byte[][] _texts;
    private readonly PersonTexts[] _written;

    public NormalizeBench(int people, int seed)
    {
        _people = PeopleMaker.Make(people, new Random(seed));
        _written = [.. _people.Select(person => new PersonTexts(null, person.Email, person.Phone) { Details = person.Details })];
        _texts = [.. _people.SelectMany(HashedTexts)];
    }

    /// <summary>Average number of hashed cells per person.</summary>
    public double HashedCells => (double)_texts.Length / _people.Length;

    /// <summary>Alternates both for the given time, after one uncounted round of each.</summary>
    public NormalizeResult Run(TimeSpan length, CancellationToken cancel)
    {
        using var cells = new CellWriter();
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Normalize(cells);
        Hash(sha);
        var (ours, bare, read) = (new List<double>(), new List<double>(), new List<double>());
        for (var round = 0; round < 5; round++)
        {
            read.Add(ReadAll());
        }

        long written = 0;
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        for (var started = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(started) < length; )
        {
            cancel.ThrowIfCancellationRequested();
            var before = Stopwatch.GetTimestamp();
            written += Normalize(cells);
            ours.Add(_people.Length / Stopwatch.GetElapsedTime(before).TotalSeconds);
            before = Stopwatch.GetTimestamp();
            Hash(sha);
            bare.Add(_people.Length / Stopwatch.GetElapsedTime(before).TotalSeconds);
        }

        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        return new NormalizeResult(
            Median(ours),
            Median(bare),
            ours.Count,
            written / ours.Count / _people.Length,
            allocated / ours.Count / _people.Length,
            HashedCells,
            Median(read)
        );
    }

    private static double Median(List<double> rates)
    {
        rates.Sort();
        return rates[rates.Count / 2];
    }

    private static IEnumerable<byte[]> HashedTexts(PersonIdentifiers person) =>
        Platforms.SelectMany(platform =>
            Fields
                .Where(field => platform.RuleOf(field) is { Form: CellForm.Hashed })
                .Select(field => platform.Text(person, field))
                .OfType<string>()
                .Select(Encoding.UTF8.GetBytes)
        );

    /// <summary>Bytes of all cells; returned so that the work cannot be optimized away.</summary>
    private long Normalize(CellWriter cells)
    {
        Span<byte> cell = stackalloc byte[CellWriter.MaxBytes];
        long written = 0;
        foreach (var person in _people)
        {
            foreach (var platform in Platforms)
            {
                foreach (var field in Fields)
                {
                    written += cells.Write(platform, person, field, cell).Length;
                }
            }
        }

        return written;
    }

    /// <summary>The identifier reader alone, which runs once, when a webhook arrives.</summary>
    private double ReadAll()
    {
        var rules = new ReaderRules("US");
        var before = Stopwatch.GetTimestamp();
        var faults = 0;
        foreach (var person in _written)
        {
            faults += IdentifierReader.Read(person, rules).Faults.Count;
        }

        return faults < 0 ? 0 : _written.Length / Stopwatch.GetElapsedTime(before).TotalSeconds;
    }

    private void Hash(IncrementalHash sha)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        foreach (var text in _texts)
        {
            sha.AppendData(text);
            sha.GetHashAndReset(digest);
        }
    }
}

/// <summary>Medians of all rounds.</summary>
/// <param name="PeoplePerSecond">Normalized and hashed for all platforms.</param>
/// <param name="HashesOnlyPerSecond">The same people's hashed cells by SHA-256 alone.</param>
/// <param name="Rounds">Number of rounds of each kind.</param>
/// <param name="BytesPerPerson">Bytes written into cells.</param>
/// <param name="AllocatedPerPerson">Bytes allocated.</param>
/// <param name="HashedCells">Digests per person.</param>
/// <param name="ReadPerSecond">People read from their texts.</param>
internal sealed record NormalizeResult(
    double PeoplePerSecond,
    double HashesOnlyPerSecond,
    int Rounds,
    long BytesPerPerson,
    long AllocatedPerPerson,
    double HashedCells,
    double ReadPerSecond
)
{
    /// <summary>Relative to the speed of SHA-256 alone.</summary>
    public double Ratio => PeoplePerSecond / HashesOnlyPerSecond;
}
