using System.Text.Json;

namespace AudienceSync.Host.Ingest.Importing;

/// <summary>
/// The records that were not accepted, one on each line: line number, status and code, and the record itself only when the operator wants
/// it. Written before the state, which knows its length: what an interrupted import wrote after its last state is cut off.
/// </summary>
internal sealed class RejectedFile(string path, bool keepsRecords) : IAsyncDisposable
{
    private FileStream? _file;

    public string Path => path;

    /// <summary>Bytes written.</summary>
    public long Length => _file?.Length ?? 0;

    /// <summary>Whether any record was rejected.</summary>
    public bool IsWritten => _file is { Length: > 0 };

    /// <summary>Continues after the given length. At 0, an older file is removed.</summary>
    public void Open(long length)
    {
        if (length > 0 && File.Exists(path))
        {
            _file = Create();
            _file.SetLength(Math.Min(length, _file.Length));
            _file.Position = _file.Length;
        }
        else
        {
            File.Delete(path);
        }
    }

    public async Task WriteAsync(IReadOnlyList<RejectedRecord> records)
    {
        if (records.Count == 0)
        {
            return;
        }

        _file ??= Create();
        using var lines = new MemoryStream();
        foreach (var record in records)
        {
            await using (var json = new Utf8JsonWriter(lines))
            {
                Write(json, record);
            }

            lines.WriteByte((byte)'\n');
        }

        await _file.WriteAsync(lines.GetBuffer().AsMemory(0, (int)lines.Length));
        await _file.FlushAsync();
    }

    public ValueTask DisposeAsync() => _file?.DisposeAsync() ?? ValueTask.CompletedTask;

    private void Write(Utf8JsonWriter json, RejectedRecord record)
    {
        json.WriteStartObject();
        json.WriteNumber("line"u8, record.Line);
        json.WriteString("status"u8, record.Status);
        json.WriteString("code"u8, record.Code);
        if (keepsRecords && !record.Event.IsEmpty)
        {
            // As text, because it need not be JSON; bytes that are not UTF-8 are replaced.
            json.WriteString("record"u8, System.Text.Encoding.UTF8.GetString(record.Event.Span));
        }

        json.WriteEndObject();
    }

    // With records it has personal data: for its owner only.
    private FileStream Create()
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.Write,
            Share = FileShare.Read,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(path, options);
    }
}
