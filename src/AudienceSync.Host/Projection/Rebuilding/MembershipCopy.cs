using System.Buffers.Binary;
using System.Text;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Membership;
using AudienceSync.Domain.Permission;

namespace AudienceSync.Host.Projection.Rebuilding;

/// <summary>Writes and reads a membership row in a binary COPY.</summary>
internal static class MembershipCopy
{
    public const string Columns =
        "key_id, person, added_at, removed_at, state, since_at, until_at, event_pos, changed_pos, restrictions, restricted_at";

    private const int ElementsAt = 20;

    public static void Write(CopyRows rows, MembershipRow row)
    {
        rows.Row(11);
        rows.Int32(row.KeyId);
        rows.Uuid(row.Person.Value);
        rows.Time(row.State.AddedAt);
        rows.Time(row.State.RemovedAt);
        rows.Int16((short)row.Status);
        rows.Time(row.Since);
        rows.Time(row.Until);
        rows.Int64(row.EventPos);
        rows.Int64(row.ChangedPos);
        rows.Int16((short)row.Restrictions);
        rows.Texts(row.RestrictedAt);
    }

    public static MembershipRow Read(CopyTuples tuple) =>
        new(
            tuple.Int32(0),
            new PersonId(tuple.Uuid(1)),
            new MembershipState(tuple.TimeOrNull(2), tuple.TimeOrNull(3)),
            (MembershipStatus)tuple.Int16(4),
            tuple.Time(5),
            tuple.TimeOrNull(6),
            tuple.Int64(7),
            tuple.Int64(8)
        )
        {
            Restrictions = (TargetingRestrictions)tuple.Int16(9),
            RestrictedAt = tuple.IsNull(10) ? null : Texts(tuple.Bytes(10)),
        };

    private static string[] Texts(ReadOnlySpan<byte> array)
    {
        if (BinaryPrimitives.ReadInt32BigEndian(array) == 0)
        {
            return [];
        }

        var texts = new string[BinaryPrimitives.ReadInt32BigEndian(array[12..])];
        var rest = array[ElementsAt..];
        for (var n = 0; n < texts.Length; n++)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(rest);
            texts[n] = Encoding.UTF8.GetString(rest.Slice(4, length));
            rest = rest[(4 + length)..];
        }

        return texts;
    }
}
