# detect.ps1 - is the patch of this campaign in effect? For Intune: whoever writes something and ends
# with 0 is detected; whoever writes nothing is not.
#
# It reads one version or one line, and changes nothing.
$ErrorActionPreference = 'Stop'
$root = $env:SystemRoot
$system = 'System32'
if ([IntPtr]::Size -eq 4 -and (Test-Path -LiteralPath (Join-Path $root 'Sysnative'))) { $system = 'Sysnative' }

# Installed in this run of Windows: in effect after the restart.
$marker = Join-Path $root 'quell\<%campaign%>.started'
if (Test-Path -LiteralPath $marker) { exit 0 }
<%if has_fixed%>
$path = Join-Path $root ('<%fixed_file%>' -replace '^[Ss]ystem32\\', ($system + '\'))
if (-not (Test-Path -LiteralPath $path)) { exit 0 }
$v = (Get-Item -LiteralPath $path).VersionInfo
$build = '{0}.{1}.{2}' -f $v.FileMajorPart, $v.FileMinorPart, $v.FileBuildPart
$revision = [int]$v.FilePrivatePart
$pack = [int](([int](Get-ItemProperty -LiteralPath 'HKLM:\SYSTEM\CurrentControlSet\Control\Windows').CSDVersion) / 256)
$rows = @(
<%each fixed%>
    ,@('<%branch%>', '<%revision%>', '<%pack%>')
<%end%>
)
$state = 'unknown'
foreach ($row in $rows) {
    if ($row[0] -ne $build -or ($row[2] -ne '' -and [int]$row[2] -ne $pack)) { continue }
    # Two branches of one build are told apart by 20000, on Windows 6.0 and later.
    if ($v.FileMajorPart -ge 6 -and ($revision -ge 20000) -ne ([int]$row[1] -ge 20000)) { continue }
    if ($revision -lt [int]$row[1]) { $state = 'old' } elseif ($state -eq 'unknown') { $state = 'fixed' }
}
if ($state -eq 'fixed') { Write-Output ('fixed: ' + $build + '.' + $revision) }
<%else%>
# No file is known by which the patch could be seen: what the kit wrote down counts.
$done = Join-Path $root 'quell\<%campaign%>.patch'
if (Test-Path -LiteralPath $done) { Write-Output ('done: ' + (Get-Content -LiteralPath $done -TotalCount 1)) }
<%end%>
exit 0
