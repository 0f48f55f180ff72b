using System.Security.Cryptography;
using AudienceSync.Domain;

namespace AudienceSync.Host.Ingest.Importing;

/// <summary>
/// Cuts the records of a file into chunks, and computes a digest of all events so far: independent of where the cuts are, so that an
/// import that goes on can compare what it skips with what was acknowledged.
/// </summary>
internal sealed class ChunkReader(ImportFile file) : IDisposable
{
    private readonly IncrementalHash _digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly Stack<ImportChunk> _used = new();
    private bool _isHeld;

    public void Dispose() => _digest.Dispose();

    /// <summary>The next chunk; null at the end of the file.</summary>
    /// <param name="mostRecords">The most records that it takes.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ImportException">The file cannot be read further.</exception>
    public async ValueTask<ImportChunk?> NextAsync(long mostRecords, CancellationToken cancellationToken)
    {
        var chunk = _used.TryPop(out var used) ? used : new ImportChunk();
        var most = Math.Min(mostRecords, Limits.EventsPerRequest);
        while (chunk.Records < most && (_isHeld || await file.Records.ReadAsync(cancellationToken)))
        {
            var records = file.Records;
            _isHeld = records.Problem is null && !chunk.TryAdd(records.Line, records.Event.Span);
            if (_isHeld)
            {
                break;
            }

            if (records.Problem is { } problem)
            {
                chunk.Refused.Add(new RejectedRecord(records.Line, Receipt.Refused, problem, default));
            }
        }

        if (chunk.Records == 0)
        {
            return null;
        }

        _digest.AppendData(chunk.Written);
        chunk.Digest = Convert.ToHexStringLower(_digest.GetCurrentHash());
        chunk.Position = file.Position;
        return chunk;
    }

    /// <summary>Reads and leaves out the records that were acknowledged before. False when the file does not begin with them.</summary>
    public async Task<bool> SkipAsync(long records, string digest, CancellationToken cancellationToken)
    {
        var last = "";
        while (records > 0)
        {
            if (await NextAsync(records, cancellationToken) is not { } chunk)
            {
                return false;
            }

            records -= chunk.Records;
            last = chunk.Digest;
            Return(chunk);
        }

        return last == digest;
    }

    /// <summary>Takes back a chunk that is no longer needed.</summary>
    public void Return(ImportChunk chunk)
    {
        if (!chunk.MayBeRead)
        {
            chunk.Clear();
            _used.Push(chunk);
        }
    }
}
