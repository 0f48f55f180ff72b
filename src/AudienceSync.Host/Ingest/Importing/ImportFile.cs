using System.IO.Compression;

namespace AudienceSync.Host.Ingest.Importing;

/// <summary>
/// The file of an import: lines of JSON when its first character is a brace, otherwise CSV, both also compressed by gzip. Each is
/// recognized by the content, not by the name.
/// </summary>
internal sealed class ImportFile : IAsyncDisposable
{
    private readonly FileStream _file;

    private ImportFile(FileStream file, IRecords records) => (_file, Records) = (file, records);

    public IRecords Records { get; }

    /// <summary>Bytes of the file.</summary>
    public long Length => _file.Length;

    /// <summary>Bytes read so far, for progress.</summary>
    public long Position => _file.Position;

    /// <param name="path">The file.</param>
    /// <param name="mapping">How CSV is read.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ImportException">import_not_text, import_no_header, import_not_csv</exception>
    public static async Task<ImportFile> OpenAsync(string path, CsvMapping mapping, CancellationToken cancellationToken)
    {
        var isCsv = await IsCsvAsync(path, cancellationToken);
        var file = Open(path);
        try
        {
            var text = await DecompressAsync(file, cancellationToken);
            return new ImportFile(file, isCsv ? await CsvRecords.OpenAsync(text, mapping, cancellationToken) : new LineRecords(text));
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Records.DisposeAsync();
        await _file.DisposeAsync();
    }

    private static FileStream Open(string path) =>
        new(path, FileMode.Open, FileAccess.Read, FileShare.Read, 256 * 1024, FileOptions.Asynchronous | FileOptions.SequentialScan);

    private static async Task<Stream> DecompressAsync(FileStream file, CancellationToken cancellationToken)
    {
        var magic = new byte[2];
        var length = await file.ReadAtLeastAsync(magic, magic.Length, throwOnEndOfStream: false, cancellationToken);
        file.Position = 0;
        return length == 2 && magic is [0x1F, 0x8B] ? new WholeGzip(file) : file;
    }

    private static async Task<bool> IsCsvAsync(string path, CancellationToken cancellationToken)
    {
        await using var file = Open(path);
        await using var text = await DecompressAsync(file, cancellationToken);
        var head = new byte[64 * 1024];
        var length = await text.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellationToken);
        return IsCsv(head.AsSpan(0, length));
    }

    private static bool IsCsv(ReadOnlySpan<byte> head)
    {
        if (head is [0xFE, 0xFF, ..] or [0xFF, 0xFE, ..])
        {
            throw new ImportException("import_not_text", "The file is UTF-16. Save it as UTF-8.");
        }

        var text = (head.StartsWith("\uFEFF"u8) ? head[3..] : head).TrimStart(" \t\r\n"u8);
        return text is [(byte)'[', ..]
            ? throw new ImportException(
                "import_not_text",
                "The file is one JSON array. Write one event on each line, for example by jq -c '.[]'."
            )
            : text is [not (byte)'{', ..];
    }
}
