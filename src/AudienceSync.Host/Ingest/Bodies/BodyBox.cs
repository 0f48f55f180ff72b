using System.Buffers.Binary;
using AudienceSync.Host.Ingest.Append;

namespace AudienceSync.Host.Ingest.Bodies;

/// <summary>The bodies of one commit, each as (events, length, bytes): see <see cref="AppendColumnsSql.AddBody"/>.</summary>
internal static class BodyBox
{
    private const int HeadBytes = 8;

    /// <summary>
    /// The same box with some bodies emptied; the places of all others stay. A body is emptied as a whole: which part of it brought which
    /// position is no longer known.
    /// </summary>
    /// <param name="box">The opened bytes.</param>
    /// <param name="places">Positions whose bodies are to be emptied, counted from the first position of the box.</param>
    public static (byte[] Box, int Emptied) Without(ReadOnlySpan<byte> box, IReadOnlyCollection<long> places)
    {
        var kept = new MemoryStream(box.Length);
        var emptied = 0;
        var first = 0L;
        while (!box.IsEmpty)
        {
            var events = BinaryPrimitives.ReadInt32LittleEndian(box);
            var length = BinaryPrimitives.ReadInt32LittleEndian(box[4..]);
            var end = first + events;
            if (length > 0 && places.Any(place => place >= first && place < end))
            {
                emptied++;
                kept.Write(box[..4]);
                kept.Write([0, 0, 0, 0]);
            }
            else
            {
                kept.Write(box[..(HeadBytes + length)]);
            }

            first = end;
            box = box[(HeadBytes + length)..];
        }

        return (kept.ToArray(), emptied);
    }
}
