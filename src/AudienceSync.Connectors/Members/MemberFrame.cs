using AudienceSync.Connectors.Http;

namespace AudienceSync.Connectors.Members;

/// <summary>What is around the rows of a body.</summary>
/// <param name="Head">The bytes before the rows.</param>
/// <param name="Tail">The bytes after the rows.</param>
/// <param name="RowBytes">The longest row, its comma included.</param>
/// <param name="Layout">Where the rows are, for the record of the call.</param>
internal readonly record struct MemberFrame(byte[] Head, byte[] Tail, int RowBytes, MemberLayout Layout);
